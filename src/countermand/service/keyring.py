"""Who holds which key. Secrets are kept as hashes only; a key is found by the hash of what the caller shows.

Secrets that we make are 256 random bits, so one round of SHA-256 is enough to store them; passwords, which people make, go
through scrypt with a salt.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import AccountSeed, Login, RateLimit
from countermand.store.port import Store, StoredKey, StoredLogin

#: How long a node trusts what it read of a key: a revoked key stops working everywhere within this time.
KEY_TRUST_S: Final = 2.0

#: Keys remembered per node; beyond it the memory is emptied. About a kilobyte each.
KEYS_REMEMBERED_MAX: Final = 20_000

#: Between the id of a key and the rest of the id of a token that a login of this key was traded for.
TOKEN_MARK: Final = "."  # noqa: S105 - a full stop

_SCRYPT_N: Final = 2**14
_SALT_BYTES: Final = 16


def hash_secret(dialect: str, secret: str) -> bytes:
    """What a secret is found by. The dialect goes in, because two vendors may well have issued the same text."""
    return hashlib.sha256(f"{dialect}\0{secret}".encode("utf-8", "surrogatepass")).digest()


def hash_password(password: str, salt: bytes) -> bytes:
    """Salt and scrypt digest (RFC 7914), in one value."""
    digest = hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_SCRYPT_N, r=8, p=1)
    return salt + digest


def new_salt() -> bytes:
    return secrets.token_bytes(_SALT_BYTES)


def new_secret() -> str:
    """A secret of our own making: 43 characters, 256 random bits."""
    return secrets.token_urlsafe(32)


class Keyring:
    """Finds keys by secret, and trades logins for tokens."""

    def __init__(self, store: Store, new_id: Callable[[], str]) -> None:
        self._store = store
        self._new_id = new_id
        self._remembered: dict[tuple[str, str], tuple[StoredKey, float]] = {}

    async def find(self, dialect: str, secret: str) -> StoredKey | None:
        """The dialect's key with this secret, whatever its state; None when there is none."""
        place = (dialect, secret)
        known = self._remembered.get(place)
        instant = time.monotonic()
        if known is not None and instant - known[1] < KEY_TRUST_S:
            return known[0]
        key = await self._store.key_by_hash(hash_secret(dialect, secret))
        if key is None:
            self._remembered.pop(place, None)
            return None
        if len(self._remembered) >= KEYS_REMEMBERED_MAX:
            self._remembered.clear()
        self._remembered[place] = (key, instant)
        return key

    def forget(self) -> None:
        """Trust nothing that was read before."""
        self._remembered.clear()

    async def issue(self, key: StoredKey, login: Login | None = None) -> bool:
        """Keep a new key, and the name and password that may be traded for tokens of its making.

        False: another key has this name.
        """
        if login is None:
            await self._store.put_keys([key])
        elif await self._store.login_by_name(key.dialect, login.username) is not None:
            return False
        else:
            await self._store.put_keys([key], [login_of(login, key)])
        self.forget()
        return True

    async def revoke(self, key_id: str, now: datetime) -> tuple[StoredKey, ...]:
        """Revoke a key and every token that was made from it. Gives them all; none when there is no such key."""
        tokens = f"{key_id}{TOKEN_MARK}"
        meant = [key for key in await self._store.keys() if key.key_id == key_id or key.key_id.startswith(tokens)]
        revoked = tuple(replace(key, revoked_at=key.revoked_at or now) for key in meant)
        await self._store.put_keys(revoked)
        self.forget()
        return revoked

    async def sign_in(self, dialect: str, login: Login, *, now: datetime, lifetime_s: int) -> str | None:
        """A new token for a good name and password, None for any other."""
        stored = await self._store.login_by_name(dialect, login.username)
        if not await asyncio.to_thread(_password_fits, stored, login.password) or stored is None:
            return None
        template = await self._store.key_by_hash(stored.key.secret_hash)
        if template is None or not alive(template, now):
            return None
        secret = new_secret()
        key = StoredKey(
            key_id=f"{template.key_id}{TOKEN_MARK}{self._new_id()}",
            secret_hash=hash_secret(template.dialect, secret),
            tenant=template.tenant,
            dialect=template.dialect,
            name=f"{template.name} (signed in)",
            scopes=template.scopes,
            claims=template.claims,
            attributes=template.attributes,
            requests_max=template.requests_max,
            window_s=template.window_s,
            created_at=now,
            expires_at=now + timedelta(seconds=lifetime_s),
        )
        await self._store.put_keys([key])
        return secret


def alive(key: StoredKey, now: datetime) -> bool:
    """Whether the key opens anything at this instant."""
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def login_of(login: Login, key: StoredKey) -> StoredLogin:
    return StoredLogin(username=login.username, password_hash=hash_password(login.password, new_salt()), key=key)


def _password_fits(stored: StoredLogin | None, password: str) -> bool:
    """Constant time, and the same work for a name that nobody has."""
    kept = stored.password_hash if stored else bytes(_SALT_BYTES)
    return hmac.compare_digest(kept, hash_password(password, kept[:_SALT_BYTES]))


def key_of(seed: AccountSeed, *, tenant: str, dialect: str, key_id: str, now: datetime) -> StoredKey:
    """The key that an account's seed describes."""
    limit = seed.rate_limit or RateLimit(requests_max=0)
    return StoredKey(
        key_id=key_id,
        secret_hash=hash_secret(dialect, seed.secret),
        tenant=tenant,
        dialect=dialect,
        name=seed.realm,
        scopes=seed.scopes,
        claims=seed.claims,
        attributes=seed.attributes,
        requests_max=limit.requests_max if seed.rate_limit else None,
        window_s=limit.window_s,
        created_at=now,
    )

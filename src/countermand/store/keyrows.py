"""Between a credential and its columns, in the order in which every statement names them. Both adapters use these."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from countermand.store.port import StoredKey, StoredLogin
from countermand.store.rows import document, instant, micros, texts_of

decode_key: Final = msgspec.json.Decoder(StoredKey).decode
_decode_scopes: Final = msgspec.json.Decoder(frozenset[str]).decode
_decode_object: Final = msgspec.json.Decoder(dict[str, object]).decode


def row_of_key(key: StoredKey) -> tuple[object, ...]:
    return (
        key.key_id,
        key.secret_hash,
        key.tenant,
        key.dialect,
        key.name,
        document(sorted(key.scopes)),
        document(key.claims),
        document(key.attributes),
        key.requests_max,
        key.window_s,
        micros(key.created_at),
        _micros_or_none(key.expires_at),
        _micros_or_none(key.revoked_at),
    )


def row_of_login(login: StoredLogin) -> tuple[object, ...]:
    return (login.key.dialect, login.username, login.key.tenant, login.password_hash, document(login.key))


def key_of_row(row: Sequence[object]) -> StoredKey:
    return StoredKey(
        key_id=_text(row[0]),
        secret_hash=_bytes(row[1]),
        tenant=_text(row[2]),
        dialect=_text(row[3]),
        name=_text(row[4]),
        scopes=_decode_scopes(_bytes(row[5])),
        claims=texts_of(_bytes(row[6])),
        attributes=_decode_object(_bytes(row[7])),
        requests_max=_number(row[8]),
        window_s=_number(row[9]) or 0,
        created_at=instant(_number(row[10]) or 0),
        expires_at=_instant(row[11]),
        revoked_at=_instant(row[12]),
    )


def _micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _text(value: object) -> str:
    assert isinstance(value, str)
    return value


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def _number(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _instant(value: object) -> datetime | None:
    number = _number(value)
    return None if number is None else instant(number)

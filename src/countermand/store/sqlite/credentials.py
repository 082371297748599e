"""Keys, logins and what the database says of itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import apsw
import msgspec

from countermand.store.port import StoredKey, StoredLogin
from countermand.store.rows import document, instant, micros, texts_of
from countermand.store.sql import statements

_SQL: Final = statements(__package__)
_decode_key: Final = msgspec.json.Decoder(StoredKey).decode
_decode_scopes: Final = msgspec.json.Decoder(frozenset[str]).decode
_decode_object: Final = msgspec.json.Decoder(dict[str, object]).decode


def key_by_hash(connection: apsw.Connection, secret_hash: bytes) -> StoredKey | None:
    row = connection.execute(_SQL["key_by_hash"], (secret_hash,)).fetchone()
    return None if row is None else _key_of(row)


def all_keys(connection: apsw.Connection) -> tuple[StoredKey, ...]:
    return tuple(_key_of(row) for row in connection.execute(_SQL["all_keys"]))


def put_keys(connection: apsw.Connection, keys: Iterable[StoredKey]) -> None:
    connection.executemany(_SQL["put_key"], [_row_of(key) for key in keys])


def login_by_name(connection: apsw.Connection, dialect: str, username: str) -> StoredLogin | None:
    row = connection.execute(_SQL["login_by_name"], (dialect, username)).fetchone()
    return None if row is None else StoredLogin(username=row[0], password_hash=row[1], key=_decode_key(row[2]))


def put_logins(connection: apsw.Connection, logins: Iterable[StoredLogin]) -> None:
    rows = [(one.key.dialect, one.username, one.key.tenant, one.password_hash, document(one.key)) for one in logins]
    connection.executemany(_SQL["put_login"], rows)


def house_value(connection: apsw.Connection, name: str) -> str | None:
    row = connection.execute(_SQL["house_value"], (name,)).fetchone()
    return None if row is None else str(row[0])


def _row_of(key: StoredKey) -> tuple[object, ...]:
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


def _micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else micros(at)


def _key_of(row: tuple[object, ...]) -> StoredKey:
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

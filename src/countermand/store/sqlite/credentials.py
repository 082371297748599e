"""Keys, logins and what the database says of itself."""

from collections.abc import Iterable
from typing import Final

import apsw

from countermand.store.keyrows import decode_key, key_of_row, row_of_key, row_of_login
from countermand.store.port import StoredKey, StoredLogin
from countermand.store.sql import statements

_SQL: Final = statements(__package__)


def key_by_hash(connection: apsw.Connection, secret_hash: bytes) -> StoredKey | None:
    row = connection.execute(_SQL["key_by_hash"], (secret_hash,)).fetchone()
    return None if row is None else key_of_row(row)


def all_keys(connection: apsw.Connection) -> tuple[StoredKey, ...]:
    return tuple(key_of_row(row) for row in connection.execute(_SQL["all_keys"]))


def put_keys(connection: apsw.Connection, keys: Iterable[StoredKey]) -> None:
    connection.executemany(_SQL["put_key"], [row_of_key(key) for key in keys])


def login_by_name(connection: apsw.Connection, dialect: str, username: str) -> StoredLogin | None:
    row = connection.execute(_SQL["login_by_name"], (dialect, username)).fetchone()
    return None if row is None else StoredLogin(username=row[0], password_hash=row[1], key=decode_key(row[2]))


def put_logins(connection: apsw.Connection, logins: Iterable[StoredLogin]) -> None:
    connection.executemany(_SQL["put_login"], [row_of_login(login) for login in logins])


def house_value(connection: apsw.Connection, name: str) -> str | None:
    row = connection.execute(_SQL["house_value"], (name,)).fetchone()
    return None if row is None else str(row[0])

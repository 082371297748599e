"""Keys, logins and what the database says of itself."""

from collections.abc import Iterable

from countermand.store.keyrows import decode_key, key_of_row, row_of_key, row_of_login
from countermand.store.port import StoredKey, StoredLogin
from countermand.store.postgres.composing import named
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.texts import storable


async def key_by_hash(session: Session, secret_hash: bytes) -> StoredKey | None:
    row = await session.row(named("key_by_hash").text, secret_hash)
    return None if row is None else key_of_row(row)


async def all_keys(session: Session) -> tuple[StoredKey, ...]:
    return tuple(map(key_of_row, await session.fetch(named("all_keys").text)))


async def put_keys(session: Session, keys: Iterable[StoredKey]) -> None:
    await session.execute_many(named("put_key").text, [row_of_key(key) for key in keys])


async def login_by_name(session: Session, *, dialect: str, username: str) -> StoredLogin | None:
    if not storable(username):
        return None
    row = await session.row(named("login_by_name").text, dialect, username)
    return None if row is None else StoredLogin(username=row[0], password_hash=row[1], key=decode_key(row[2]))


async def put_logins(session: Session, logins: Iterable[StoredLogin]) -> None:
    await session.execute_many(named("put_login").text, [row_of_login(login) for login in logins])


async def house_value(session: Session, name: str) -> str | None:
    value = await session.value(named("house_value").text, name)
    return None if value is None else str(value)


async def put_house_value(session: Session, *, name: str, value: str) -> None:
    await session.execute(named("put_house_value").text, name, value)


async def sandboxed(session: Session) -> bool | None:
    value = await house_value(session, "sandbox")
    if value is not None:
        return value == "yes"
    return False if await session.value(named("holds_anything").text) else None

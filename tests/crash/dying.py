"""A process that dies where it is told to: `python -m tests.crash.dying` reads a plan from standard input.

One process imports everything; each attempt is a fork of it, so that a hundred deaths take seconds. `where` is a statement
(the process ends before the n-th one that SQLite is given) or a write (the n-th write to a file is torn in the middle).
"""

import asyncio
import json
import os
import shutil
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import apsw

from countermand.bootstrap import application
from countermand.dialects import catalog
from countermand.settings import Settings

Request = dict[str, Any]
DIED = 9
#: The real file system, by SQLite's name.
BELOW = "unix"

_armed: dict[str, int] = {}


def _count(where: str) -> bool:
    """Whether this is the one to die at."""
    if where in _armed:
        _armed[where] -= 1
        return _armed[where] == 0
    return False


class _TornFile(apsw.VFSFile):
    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if _count("write"):
            super().xWrite(data[: len(data) // 2], offset)
            os._exit(DIED)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        if _count("write"):
            os._exit(DIED)
        super().xSync(flags)


class _TornDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("torn", BELOW, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> _TornFile:  # noqa: N802 - SQLite's name
        return _TornFile(BELOW, name, flags)


def _watch(connection: apsw.Connection) -> None:
    def before(*_: object) -> bool:
        if _count("statement"):
            os._exit(DIED)
        return True

    connection.exec_trace = before


async def _ask(database: Path, request: Request, armed: dict[str, int]) -> dict[str, object]:
    app = application(Settings(database=f"sqlite:///{database}"), sandbox=True)
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def live() -> None:
        await app({"type": "lifespan"}, inbox.get, outbox.put)

    life = asyncio.create_task(live())
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(request["body"]).encode()}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = {"host": "x", "content-type": "application/json", **request["headers"]}
    scope = {
        "type": "http",
        "method": request["method"],
        "path": request["path"],
        "raw_path": request["path"].encode(),
        "query_string": b"",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    _armed.update(armed)
    await app(scope, receive, send)
    _armed.clear()
    await inbox.put({"type": "lifespan.shutdown"})
    await life
    return {"status": sent[0]["status"], "body": sent[1]["body"].decode()}


def attempt(database: Path, request: Request, armed: dict[str, int]) -> dict[str, object] | None:
    """The answer, or None: it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(asyncio.run(_ask(database, request, armed))).encode())
        except BaseException:  # noqa: BLE001 - a fork must end here, and say why
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == DIED:
        return None
    assert told, "it died of something else"
    return dict(json.loads(told))


def rows(database: Path) -> dict[str, list[str]]:
    """What the file holds, as somebody finds it who opens it afterwards."""
    connection = apsw.Connection(str(database))
    ((sound,),) = connection.execute("PRAGMA integrity_check")
    assert sound == "ok"
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    wanted = sorted(set(tables) - {"refusals", "keys", "logins", "house"})
    found = {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in wanted}
    connection.close()
    return found


def copied(origin: Path, to: Path) -> Path:
    for old in to.parent.glob(f"{to.name}*"):
        old.unlink()
    return Path(shutil.copy(origin, to))


def main() -> None:
    folder, world, request, where = json.loads(sys.stdin.read())
    catalog.load()  # once, not in every fork
    origin, at = Path(folder, "origin.db"), Path(folder, "at.db")
    disk = _TornDisk() if where == "write" else None
    apsw.connection_hooks.append(_watch)
    assert (attempt(origin, world, {}) or {}).get("status") == 204
    before, n = rows(origin), 0
    while True:
        n += 1
        copied(origin, at)
        answer = attempt(at, request, {where: n})
        found = rows(at)
        again = attempt(at, request, {})
        report = {
            "n": n,
            "answer": answer,
            "again": again,
            "before": found == before,
            "after": rows(at),
            "found": found,
        }
        print(json.dumps(report), flush=True)
        if answer is not None:
            break
    if disk is not None:
        disk.unregister()


if __name__ == "__main__":
    main()

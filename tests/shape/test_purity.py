"""The core decides and translates; it touches nothing. Time, ids and randomness reach it as arguments."""

import ast
from collections.abc import Iterator

from tests.shape.source import Module, dotted, product

CORE = frozenset({"model", "engine", "dialects"})

#: Modules through which the world gets in or out.
WORLDLY = frozenset(
    {
        *("aiohttp", "anyio", "apsw", "asyncio", "asyncpg", "http", "httpx2", "io", "logging", "multiprocessing", "os"),
        *("pathlib", "random", "requests", "secrets", "shutil", "socket", "sqlite3", "ssl", "starlette", "structlog"),
        *("subprocess", "tempfile", "threading", "time", "urllib.request", "uvicorn"),
    }
)

#: Calls that read a clock, roll dice, or touch a file, whatever they were imported from.
WORLDLY_CALLS = frozenset({"open", "input", "print", "breakpoint"})
WORLDLY_METHODS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "read_text", "read_bytes"})

#: The one exception: the catalog looks at its own folder to find the dialects in it.
ALLOWED = {("src/countermand/dialects/catalog.py", "pathlib")}


def core() -> Iterator[Module]:
    return (module for module in product() if module.package in CORE)


def is_worldly(name: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in WORLDLY)


def test_the_core_imports_nothing_worldly():
    """A decision that can be replayed is one that reads no clock, no dice, no file, no socket and no environment."""
    leaks = [
        f"{module.at(statement)} imports {name}"
        for module in core()
        for name, statement in module.imported()
        if is_worldly(name) and (module.name, name.partition(".")[0]) not in ALLOWED
    ]
    assert leaks == []


def test_the_core_calls_nothing_worldly():
    """The same, for what needs no import or comes in under an innocent one, as `datetime.now` does."""
    leaks = [
        f"{module.at(call)} calls {name}"
        for module in core()
        for call in module.nodes(ast.Call)
        if (name := dotted(call.func))
        and (name in WORLDLY_CALLS or ("." in name and name.rpartition(".")[2] in WORLDLY_METHODS))
    ]
    assert leaks == []


def test_the_core_has_no_colour():
    """What never waits has no reason to be async, and what isn't async can be called from anywhere."""
    coroutines = [
        f"{module.at(function)} {function.name}" for module in core() for function in module.nodes(ast.AsyncFunctionDef)
    ]
    assert coroutines == []

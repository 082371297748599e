"""The source as data: what the shape tests read."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "countermand"

#: Folders whose files we write by hand, and the names inside them that tools write.
HAND_WRITTEN = ("src", "tests", "bench", "docs", ".ci")
GENERATED = frozenset({"__pycache__", "out", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"})

#: What we read as text. The root's lock file is made by a tool and holds nothing but versions and hashes.
TEXT_SUFFIXES = frozenset({"", ".css", ".html", ".j2", ".js", ".json", ".md", ".py", ".sql", ".toml", ".txt", ".yaml"})

Function = ast.FunctionDef | ast.AsyncFunctionDef
Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Module:
    """One Python file. `name` is its path below the repository."""

    name: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The package of ours that it is in: `engine` for src/countermand/engine/decide.py, empty outside of src."""
        parts = Path(self.name).parts
        return parts[2] if parts[0] == "src" and len(parts) > 3 else ""

    @property
    def is_test(self) -> bool:
        return Path(self.name).name.startswith("test_")

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler) -> str:
        return f"{self.name}:{node.lineno}"

    def imported(self) -> Iterator[tuple[str, ast.stmt]]:
        """Every module or member that it imports, by dotted name, wherever the import stands."""
        for node in self.nodes(ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        for from_ in self.nodes(ast.ImportFrom):
            origin = "." * from_.level + (from_.module or "")
            yield from ((f"{origin}.{alias.name}", from_) for alias in from_.names)


def files(*folders: str) -> list[Path]:
    """The files below these folders of the repository that a person wrote, in a stable order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in found if path.is_file() and not GENERATED & set(path.relative_to(ROOT).parts))


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Name and content of every text file below these folders."""
    for path in files(*folders):
        if path.suffix in TEXT_SUFFIXES:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below these folders."""
    named = ((str(path.relative_to(ROOT)), path) for path in files(*folders) if path.suffix == ".py")
    pairs = ((name, path.read_text(encoding="utf-8")) for name, path in named)
    return tuple(Module(name, text, ast.parse(text, name)) for name, text in pairs)


def product() -> tuple[Module, ...]:
    """What is shipped: src without the tests that live beside a vendor's code."""
    return tuple(module for module in modules("src") if not module.is_test)


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the expression that spells it, empty for anything that isn't a plain dotted name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr) if owner := dotted(value):
            return f"{owner}.{attr}"
        case _:
            return ""


def lines_of_code(module: Module) -> int:
    """Lines that are neither empty nor only a comment."""
    return sum(1 for line in module.text.splitlines() if line.strip() and not line.lstrip().startswith("#"))

"""Habits that a reviewer would otherwise have to watch for."""

import ast
import re

from tests.shape.source import ROOT, dotted, lines_of_code, modules, product

ANY_PER_KLOC_MAX = 1

#: The two places where anything may be caught, because beyond each there is nobody left to tell.
CATCH_ALL = {
    "src/countermand/api/exchange.py": "the ASGI edge: a bug must become an answer in the dialect's own shape",
    "src/countermand/service/desk.py": "the edge of a batch: whoever asked must hear of it, and the neighbours are tried again",
}

PATCHES_PER_KLOC_MAX = 0.5
PATCHES = frozenset({"monkeypatch", "patch", "Mock", "MagicMock", "AsyncMock"})
UNPATCHED = ("tests/tables/", "tests/laws/", "src/countermand/")

IGNORE = re.compile(r"#\s*type:\s*ignore(?P<rest>.*)")
IGNORE_WITH_CODE_AND_REASON = re.compile(r"\[[a-z-]+(, ?[a-z-]+)*\]\s+(#|-)\s*\w.*")


def test_any_is_rare():
    """Each `Any` is a place where the type checker has gone home."""
    found = [
        module.at(node)
        for module in product()
        for kind in (ast.Name, ast.Attribute)
        for node in module.nodes(kind)
        if dotted(node) in {"Any", "typing.Any"}
    ]
    kloc = sum(lines_of_code(module) for module in product()) / 1000
    assert len(found) <= max(1, ANY_PER_KLOC_MAX * kloc), found


def test_an_ignored_type_error_says_which_and_why():
    """The next reader must be able to tell whether the reason still holds."""
    bare = [
        f"{module.name}:{number}"
        for module in modules("src", "tests", "bench")
        if "tests/shape/" not in module.name
        for number, line in enumerate(module.text.splitlines(), start=1)
        if (found := IGNORE.search(line)) and not IGNORE_WITH_CODE_AND_REASON.match(found["rest"])
    ]
    assert bare == []


def catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether it keeps anything that may be raised. Cleaning up and raising again keeps nothing."""
    raised_again = isinstance(last := handler.body[-1], ast.Raise) and last.exc is None
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    wide = any(kind is None or dotted(kind) in {"Exception", "BaseException"} for kind in kinds)
    return wide and not raised_again


def test_only_two_edges_catch_everything():
    """Anywhere else, an exception that nobody named is a bug, and a bug that is caught is a bug that is kept."""
    handlers = [
        module.at(handler)
        for module in product()
        if module.name not in CATCH_ALL
        for handler in module.nodes(ast.ExceptHandler)
        if catches_all(handler)
    ]
    suppressed = [
        module.at(call)
        for module in product()
        for call in module.nodes(ast.Call)
        if dotted(call.func).endswith("suppress")
        and any(dotted(kind) in {"Exception", "BaseException"} for kind in call.args)
    ]
    assert handlers + suppressed == []


def test_each_edge_catches_once():
    """Two handlers for two edges: a second one in the same file is a third edge."""
    for name in CATCH_ALL:
        wide = [node for module in modules("src") if module.name == name for node in module.nodes(ast.ExceptHandler)]
        assert sum(catches_all(handler) for handler in wide) <= 1, name


def test_only_the_command_line_prints():
    """What a service has to say goes to its log, where an operator can find it."""
    prints = [
        module.at(call)
        for module in product()
        if module.package != "cli"
        for call in module.nodes(ast.Call)
        if dotted(call.func) == "print"
    ]
    assert prints == []


def patches() -> list[str]:
    places = []
    for module in modules("src", "tests"):
        names = [node.arg for node in module.nodes(ast.arg)] + [name.partition(".")[2] for name, _ in module.imported()]
        places += [module.name for name in names if name.rpartition(".")[2] in PATCHES and name]
    return places


def test_a_seam_is_used_and_not_patched():
    """Patching a module path means that the seam is missing, and fakes that implement the port can't drift."""
    found = patches()
    assert [place for place in found if place.startswith(UNPATCHED)] == []
    kloc = sum(lines_of_code(module) for module in modules("tests")) / 1000
    assert len(found) <= max(1, PATCHES_PER_KLOC_MAX * kloc), found


def test_the_environment_is_read_in_one_place():
    """Settings are read once, at the root, into a frozen value; a second reader is a setting that nobody documented."""
    readers = [
        module.at(node)
        for module in product()
        if module.name != "src/countermand/settings.py" and module.package != "settings"
        for node in module.nodes(ast.Attribute)
        if dotted(node) in {"os.environ", "os.getenv", "os.environb", "os.putenv"}
    ]
    assert readers == []


def test_one_process_has_one_sqlite():
    """Two SQLite libraries on one file break each other's locks; migrations end before apsw opens it."""
    others = [
        module.at(statement)
        for module in product()
        if "/migrations/" not in module.name
        for name, statement in module.imported()
        if name.partition(".")[0] == "sqlite3"
    ]
    assert others == []


def test_the_lock_names_no_address():
    """Whoever installs chooses where from; the hashes see to it that it makes no difference."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    pins = [line for line in lines if re.match(r"[a-z0-9._-]+==", line)]
    assert pins
    assert [line for line in pins if not line.endswith("\\")] == [], "every pin is followed by its hashes"

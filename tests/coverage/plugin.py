"""Knows which test shows which declared answer, holds each test to what the page says of it, and can write the page anew.

A test that is named on the page and no longer shows what it is named for fails; with `--coverage-page` nothing is held to
anything, and at the end of the run the page is written from what the run showed.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from countermand.dialects import catalog
from tests.coverage import page
from tests.coverage.declared import Document, Item
from tests.coverage.recording import Answered, watch

#: Folders whose tests ask for nothing in particular: any answer they get is no evidence that somebody tests it.
ANYTHING_GOES: Final = ("tests/laws/", "tests/contracts/", "tests/native/test_model.py")


#: What a test names that lets several calls run at once.
AT_ONCE: Final = frozenset({"ThreadPoolExecutor", "at_once"})


class Watcher:
    """Collects the answers of this process and of its server, test by test."""

    def __init__(self) -> None:
        self._here: set[Answered] = set()
        #: Where the servers of this run note what they answer, all in one file: tests run one after the other.
        self._folder = tempfile.TemporaryDirectory(prefix="answers-")
        self.file = Path(self._folder.name) / "answers.jsonl"
        self._read = 0
        watch(self._here.add)
        self.documents = {name: Document(dialect) for name, dialect in catalog.load().items()}
        self._shown: dict[Answered, frozenset[Item]] = {}

    def answers(self) -> set[Answered]:
        """What was answered since the last time."""
        found = set(self._here)
        self._here.clear()
        if self.file.exists():
            with self.file.open("rb") as lines:
                lines.seek(self._read)
                text = lines.read()
            # A server that was killed may have left half a line.
            whole = text[: text.rfind(b"\n") + 1]
            self._read += len(whole)
            found |= {msgspec.json.decode(line, type=Answered) for line in whole.splitlines()}
        return found

    def shown(self, answers: set[Answered]) -> set[tuple[str, Item]]:
        """The declared things in answers, each with its dialect."""
        found: set[tuple[str, Item]] = set()
        for answered in answers:
            if answered not in self._shown:
                document = self.documents[answered.dialect]
                self._shown[answered] = frozenset(
                    document.shown(answered.operation, str(answered.status), answered.body)
                )
            found |= {(answered.dialect, item) for item in self._shown[answered]}
        return found


WATCHER: Final = Watcher()
#: By test: what it showed. Filled only when the page is to be written.
SHOWN: Final[dict[str, set[tuple[str, Item]]]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--coverage-page", action="store_true", help="write docs/reference/coverage.md from this run")
    parser.addoption(
        "--contracts-s", type=float, default=20, help="for how many seconds each dialect gets generated requests"
    )


@pytest.fixture(autouse=True)
def _shows_what_the_page_says(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    answers = WATCHER.answers()
    test = _name(request.node)
    if test.startswith(ANYTHING_GOES) or _may_differ(request.node):
        return
    if request.config.getoption("--coverage-page"):
        SHOWN[test] = WATCHER.shown(answers)
        return
    promised = page.promises().get(test)
    if promised and (missing := promised - WATCHER.shown(answers)):
        lacks = ", ".join(f"{dialect}: {' '.join(item)}" for dialect, item in sorted(missing)[:5])
        pytest.fail(f"docs/reference/coverage.md names this test for {lacks}; `make coverage` writes it anew")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--coverage-page") and SHOWN and not session.testsfailed:
        page.write(WATCHER.documents, SHOWN)


def _name(node: Any) -> str:
    return str(node.nodeid)


def _may_differ(node: Any) -> bool:
    """What hypothesis sends differs from run to run, and so does who wins a race; and with them what is shown."""
    function = getattr(node, "obj", None)
    names = set(getattr(getattr(function, "__code__", None), "co_names", ()))
    if names & AT_ONCE or node.get_closest_marker("serial") is not None:
        return True
    return bool(getattr(function, "is_hypothesis_test", False))


def serving() -> list[str]:
    """The command line of a server whose answers count, up to the words of `countermand`. Its folder is the repository."""
    return ["-m", "tests.coverage.serving", os.fspath(WATCHER.file)]

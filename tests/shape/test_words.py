"""Words, records and names: what the documents promise, and what no file of ours may contain."""

import re
from pathlib import Path

from tests.shape.source import HAND_WRITTEN, ROOT, files, texts

GLOSSARY = ROOT / "docs" / "glossary.md"
DECISIONS = ROOT / "docs" / "decisions"

#: The words on which the design stands. The glossary may have more.
WORDS = (
    *("order", "line", "unit", "portion", "quantity", "reservation", "shipment", "payment", "record"),
    *("vendor", "dialect", "connector", "native", "lifecycle", "policy", "notice"),
    *("command", "plan", "outcome", "refusal", "cancellation", "obligation", "attempt", "event", "fault"),
    *("tenant", "account", "key", "caller", "world", "desk", "ledger", "relay", "settle"),
)

SECTIONS = ("Context", "Decision", "Consequences", "Alternatives", "Enforced by")

#: Names that say nothing about what a file holds.
EMPTY_NAMES = frozenset({"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"})

#: Promises to ourselves that nobody keeps. Spelled in two parts, or this file would contain them.
LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")

#: Places on somebody's own machine: absolute paths that begin where people's files are, not paths of URLs.
MACHINE = re.compile(r"""(?<![\w.\-}~])/(?:home/\w|Users/\w|root/|work/|opt/|mnt/)""")

ROOT_FILES = (
    "Makefile",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    ".gitignore",
    ".editorconfig",
)


def everything() -> list[tuple[str, str]]:
    at_root = [(name, (ROOT / name).read_text(encoding="utf-8")) for name in ROOT_FILES if (ROOT / name).is_file()]
    return [*at_root, *texts(*HAND_WRITTEN)]


def test_the_glossary_defines_every_word_once():
    """Two meanings for one word is how two engineers agree on different things."""
    defined = re.findall(r"^\| \*\*([^*]+)\*\* \|", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(set(WORDS) - set(defined)) == []
    assert sorted(word for word in set(defined) if defined.count(word) > 1) == []


def records() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9][0-9][0-9][0-9]-*.md"))


def test_every_decision_has_its_sections_in_order():
    """A decision without its alternatives is an announcement, and one that nothing enforces is a wish."""
    for record in records():
        headings = re.findall(r"^## (.+)$", record.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert headings == list(SECTIONS), record.name


def test_every_decision_is_in_the_index_under_its_title():
    """A record that can't be found decides nothing."""
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    for record in records():
        title = record.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({record.name})" in index
    assert [number for number, record in enumerate(records()) if not record.name.startswith(f"{number:04}-")] == []


def test_every_test_that_a_decision_names_exists():
    """The last line of a record is a promise; here it is kept."""
    for record in records()[1:]:
        enforced = record.read_text(encoding="utf-8").rpartition("## Enforced by")[2]
        named = re.findall(r"`((?:tests|bench|src|\.ci)[\w./-]*|Makefile|pyproject\.toml)`", enforced)
        assert named, f"{record.name} names no test"
        assert [name for name in named if not (ROOT / name).exists()] == [], record.name


def test_a_file_is_named_for_what_it_holds():
    """Whatever is put in a drawer with an empty label stays there."""
    assert [str(path.relative_to(ROOT)) for path in files("src", "tests", "bench") if path.stem in EMPTY_NAMES] == []


def test_nothing_is_left_for_later():
    """What is worth doing later is an issue; what isn't is a comment nobody will delete."""
    left = [
        f"{name}:{number}"
        for name, text in everything()
        for number, line in enumerate(text.splitlines(), start=1)
        if LATER.search(line)
    ]
    assert left == []


def test_no_file_knows_the_machine_it_was_written_on():
    """The project must not need anything outside itself."""
    known = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in everything()
        if name != "tests/shape/test_words.py"
        for number, line in enumerate(text.splitlines(), start=1)
        if MACHINE.search(line)
    ]
    assert known == []

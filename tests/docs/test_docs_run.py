"""What the documents tell people to type works: the README's first cancel as it stands, every command with its options."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from countermand.cli import main
from tests.process import Process, sqlite

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
#: Where a command ends and the shell goes on.
SHELL = {"|", ">", ">>", "<", "&&", "||", ";", "&", "#"}


def blocks(page: Path) -> list[str]:
    return [found.replace("\\\n", " ") for found in BLOCK.findall(page.read_text())]


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every `countermand ...` line, whoever it is piped to or from."""
    for line in "\n".join(blocks(page)).splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue  # a line of a text that goes on, as the body of a curl does
        for at, word in enumerate(words):
            if word.rpartition("/")[2] == "countermand" and (at == 0 or words[at - 1] in SHELL or "=" in words[at - 1]):
                rest = words[at + 1 :]
                end = next((n for n, one in enumerate(rest) if one in SHELL), len(rest))
                yield rest[:end]


WRITTEN = [
    pytest.param(words, id=f"{page.relative_to(ROOT)}: {' '.join(words)[:60]}")
    for page in PAGES
    for words in commands(page)
]


@pytest.mark.parametrize("words", WRITTEN)
def test_every_command_in_the_documents_has_these_options(words: list[str]):
    command, context = _meant(words)
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    for word in words:
        option = word.strip("[]").partition("=")[0]
        if option.startswith("-") and option != "-":
            assert option in known | {"--help", "-h", "--version"}, (option, context)


def _meant(words: list[str]) -> tuple[click.Command, str]:
    command: click.Command = main
    path = "countermand"
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word.startswith("-"):
            continue
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"{path} has no {word}"
        command, path = found, f"{path} {word}"
    return command, path


def _every(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _every(inner, *path, name)


@pytest.mark.parametrize(
    ("path", "command"), [pytest.param(*one, id=" ".join(one[0]) or "itself") for one in _every(main)]
)
def test_every_command_says_what_it_does_and_what_each_option_is_for(path: tuple[str, ...], command: click.Command):
    assert command.help, path
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, (path, option.name)


def test_the_first_cancel_of_the_readme_answers_what_the_readme_says(tmp_path: Path):
    """Each curl in turn, against a server on a free port; then what the text below them claims."""
    page = (ROOT / "README.md").read_text()
    curls = [block for block in blocks(ROOT / "README.md") if "curl" in block]
    assert curls
    with Process(sqlite(tmp_path), "--sandbox") as server:
        script = "\n".join(curls).replace("localhost:8080", server.url.removeprefix("http://"))
        done = subprocess.run(
            ["sh", "-eu", "-c", script.replace("curl ", "curl -sS -w '\\n' ")],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines() if line]
    claimed = json.loads(re.findall(r"answers `(\{.*?\})`", page)[0])
    assert answers[0] == claimed
    assert [event["type"] for event in answers[1]["events"]] == ["order.cancelled"]
    assert answers[1]["reservations"] == []


def test_links_between_the_documents_lead_somewhere():
    lost = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert lost == []

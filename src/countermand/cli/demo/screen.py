"""Draws a vendor's scenes, one screen per vendor: request, answer, what changed."""

import contextlib
import json
import shlex
from typing import Final

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from countermand.cli.conform.casefile import CaseFile
from countermand.cli.conform.wire import Call
from countermand.cli.demo.stage import Shown
from countermand.dialects.contract import Dialect

#: Characters of a body that are shown; the rest is said to be there.
_SHOWN_CHARACTERS_MAX: Final = 230

#: From this status on an answer is a refusal.
_REFUSED_FROM: Final = 400


def draw(console: Console, dialect: Dialect, shown: list[Shown]) -> None:
    scenes = [_scene(one) for one in shown]
    console.print(Panel(Group(*scenes), title=f"[bold]{dialect.title}[/bold]", title_align="left", padding=(0, 1)))


def _scene(shown: Shown) -> Group:
    fits = not shown.differences
    head = Text.assemble(
        ("✓ " if fits else "✗ ", "bold green" if fits else "bold red"),
        (shown.case.title, "bold"),
        (f"  ({shown.case.source})", "dim"),
    )
    call = shown.call
    asked = Text.assemble(("  → ", "cyan"), (f"{call.method} {call.target}", "bold cyan"))
    if call.body:
        asked.append(f"  {_short(call.body)}", "cyan")
    color = "green" if shown.answer.status < _REFUSED_FROM else "yellow"
    answered = Text.assemble(
        ("  ← ", color), (str(shown.answer.status), f"bold {color}"), " ", _short(shown.answer.body)
    )
    lines = [head, asked, answered]
    changes = shown.changes or ("nothing",)
    lines.append(Text.assemble(("  ledger: ", "magenta"), ("; ".join(changes), "magenta" if shown.changes else "dim")))
    lines += [
        Text(f"  {one.path}: the document says {one.expected}, got {one.got}", "bold red") for one in shown.differences
    ]
    return Group(*lines)


def _short(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    with contextlib.suppress(ValueError):  # a body that is no JSON is shown as it is: the scene is about that
        text = json.dumps(json.loads(text), ensure_ascii=False)
    if len(text) <= _SHOWN_CHARACTERS_MAX:
        return text
    return f"{text[:_SHOWN_CHARACTERS_MAX]}… ({len(text)} characters)"


def curl(url: str, call: Call) -> str:
    """The same call for a shell."""
    words = ["curl", "-i", "-X", call.method, f"{url}{call.target}"]
    for name, value in call.headers.items():
        words += ["-H", f"{name}: {value}"]
    if call.body:
        words += ["-d", call.body.decode("utf-8", "replace")]
    return shlex.join(words)


def sum_up(console: Console, *, scenes: int, wrong: int) -> None:
    if wrong:
        console.print(f"[bold red]{wrong} of {scenes} answers differ from the vendors' documents.[/bold red]")
    else:
        console.print(f"[bold green]All {scenes} answers are what the vendors' documents say.[/bold green]")


def invite(console: Console, url: str, scenes: list[tuple[CaseFile, Call]]) -> None:
    """What to try while the server stays up."""
    console.print(f"\nThe server stays up at [bold]{url}[/bold]; each vendor's world was put anew. Try:\n")
    for _, call in scenes:
        console.print(Text(curl(url, call)), soft_wrap=True)
    console.print("\nCtrl-C ends it.")

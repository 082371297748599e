"""The command."""

import signal
import sys

import click
from rich.console import Console

from countermand.cli.conform.casefile import CaseFile
from countermand.cli.conform.wire import BROKEN, Call
from countermand.cli.demo import scenes, screen, stage


@click.command()
@click.option("--serve", "stays", is_flag=True, help="Stay up afterwards and print curl lines to try.")
def demo(*, stays: bool) -> None:
    """Cancel an order through each vendor's own API, and be refused where the vendor's document says so.

    Starts a server of its own on a free port with a fresh ledger. The exit status is 0 when every answer is what the
    document says, 1 when one differs.
    """
    console = Console(highlight=False)
    # Told to end in whatever way, it takes its server along.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with stage.server() as url:
            wrong = _play(console, url)
            if stays:
                _stay(console, url)
    except BROKEN as error:
        raise click.ClickException(str(error)) from error
    sys.exit(1 if wrong else 0)


def _play(console: Console, url: str) -> int:
    target, played, wrong = stage.target_of(url), 0, 0
    for dialect, file in scenes.load():
        shown = list(stage.play(file, target))
        screen.draw(console, dialect, shown)
        played += len(shown)
        wrong += sum(bool(one.differences) for one in shown)
    screen.sum_up(console, scenes=played, wrong=wrong)
    return wrong


def _stay(console: Console, url: str) -> None:
    """Until somebody ends it, which is no failure at any moment of it."""
    target = stage.target_of(url)
    first: list[tuple[CaseFile, Call]] = []
    try:
        for _, file in scenes.load():
            stage.put_world(file, target)
            first.append((file, stage.first_call(file, target)))
        screen.invite(console, url, first)
        signal.pause()
    except KeyboardInterrupt:
        console.print()

"""The command `countermand conform`: its options, and nothing that takes time to import.

Rule: the exit status is 0 when all passed, 1 when some failed, 2 when a file or the command line is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

#: A sandbox answers within milliseconds; this is for a vendor on a bad day.
TIMEOUT_S: Final = 15.0
WRONG_INPUT: Final = 2

_FILE_PATH = click.Path(path_type=Path)
_SECONDS = click.FloatRange(min=0, min_open=True)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE_PATH)
@click.option("--base-url", metavar="URL", help="A server in sandbox mode, with the vendors mounted by name.")
@click.option("--vendor-url", metavar="URL", help="The vendor's own API; cases that need a sandbox don't run.")
@click.option("--header", "headers", metavar="'NAME: VALUE'", multiple=True, help="Replace one of the files' headers.")
@click.option("--rename", "renames", metavar="OLD=NEW", multiple=True, help="With --vendor-url: use an id of your own.")
@click.option("--only", metavar="ID", multiple=True, help="Run only this case. May be given several times.")
@click.option("--basis", type=click.Choice(["documented", "inferred"]), help="Run only the cases with this basis.")
@click.option("--timeout-s", metavar="S", type=_SECONDS, default=TIMEOUT_S, show_default=True, help="Per request.")
@click.option("--check", "is_check", is_flag=True, help="Validate the files and run nothing.")
@click.option("--json", "json_path", metavar="FILE", type=_FILE_PATH, help="Write a report for machines.")
@click.option("-v", "--verbose", "is_verbose", is_flag=True, help="Also print the cases that pass.")
def conform(**options: object) -> None:
    """Run conformance cases against a server.

    Every failing case prints one line; the last line is "N passed, M failed".
    """
    # Here, so that the other commands start without it.
    from countermand.cli.conform import session

    try:
        status = session.execute(session.Options(**options))  # type: ignore[arg-type]  # click has made them fit
    except session.FormatError as error:
        click.echo(f"error: {error}", err=True)
        status = WRONG_INPUT
    sys.exit(status)

"""`countermand migrate`: brings a database's schema up to what this program knows."""

import asyncio
from pathlib import Path
from typing import Final

import click

from countermand.settings import BadSettings, here
from countermand.store.port import StoreUnavailable

_SQLITE: Final = "sqlite:///"


@click.command()
@click.option("--database", metavar="URL", help="sqlite:///PATH or postgresql://...  [default: as for serve]")
@click.option("--dry-run", is_flag=True, help="Print the SQL, change nothing.")
def migrate(database: str | None, *, dry_run: bool) -> None:
    """Bring the schema of a database up to date. Nodes may go on serving meanwhile; several may run this at once."""
    try:
        url = database or here().database
        before, script = asyncio.run(_migrate(url, dry_run=dry_run))
    except (BadSettings, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from error
    if not script:
        click.echo(f"the schema is up to date: revision {before}")
    elif dry_run:
        click.echo(script)
    else:
        click.echo(f"the schema was at revision {before} and is up to date now")


async def _migrate(url: str, *, dry_run: bool) -> tuple[str, str]:
    if url.startswith(_SQLITE):
        from countermand.store.sqlite import upgrading as sqlite

        return sqlite.upgrade(Path(url.removeprefix(_SQLITE)), dry_run=dry_run)
    from countermand.store.postgres import upgrading as postgres
    from countermand.store.postgres.place import BadUrl, place_of

    try:
        return await postgres.upgrade(place_of(url), dry_run=dry_run)
    except BadUrl as error:
        raise BadSettings(str(error)) from error

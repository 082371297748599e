"""`countermand bring`: a vendor's orders and documents into the ledger, from a file in the vendor's own words."""

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from countermand.bootstrap import House, new_id
from countermand.cli.ledger import database_option, with_house
from countermand.dialects import catalog
from countermand.dialects.contract import CallerFault
from countermand.dialects.wire import read_object
from countermand.service.bringing import Brought, bring as add, decoded


@click.command()
@click.argument("vendor")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", required=True, help="Whose they are.")
@database_option
def bring(vendor: str, file: Path, tenant: str, database: str | None) -> None:
    """Bring over what VENDOR held until now: the orders and documents in FILE.

    FILE is one JSON document like a sandbox world: "accounts" and the vendor's own collections (orders, catalogue,
    companies, ...). The accounts only say whose a document is; make keys with `countermand keys create`. What is in the
    ledger already stays as it is, so it can be run again.
    """
    dialect = catalog.load().get(vendor)
    if dialect is None:
        raise click.BadParameter(f"no vendor is named {vendor!r}; there are: {', '.join(catalog.load())}")
    try:
        document = read_object(file.read_bytes())
        seeded = decoded(dialect, document, tenant=tenant, now=datetime.now(UTC), new_id=new_id)
    except CallerFault as error:
        wrong = "; ".join(f"{field.path}: {field.message}" for field in error.fault.fields) or error.fault.detail
        raise click.ClickException(f"{file}: {wrong}") from error
    rows = len(seeded.orders) + len(seeded.records)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("bringing over", total=rows)

        async def work(house: House) -> Brought:
            return await add(house.store, seeded, on_progress=lambda done: progress.advance(task, done))

        brought = with_house(database, work, new=True)
    click.echo(f"{brought.added} added, {brought.kept} were there already")

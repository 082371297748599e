"""`countermand purge`: erases what is old."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import click

from countermand.cli.ledger import database_option, with_house
from countermand.service.housekeeping import Housekeeping, Purged, Retention

_DAYS: Final = re.compile(r"^(\d{1,5})d$")


def _before(ctx: click.Context, parameter: click.Parameter, text: str | None) -> datetime | None:
    del ctx, parameter
    if text is None:
        return None
    days = _DAYS.match(text)
    if days is None:
        raise click.BadParameter("a number of days, as in 730d")
    return datetime.now(UTC) - timedelta(days=int(days[1]))


@click.command()
@database_option
@click.option(
    "--orders",
    metavar="AGE",
    callback=_before,
    help="Erase orders unchanged for so long, with all that is kept of them.",
)
@click.option("--events", metavar="AGE", callback=_before, help="Erase the events of orders unchanged for so long.")
@click.option("--dry-run", is_flag=True, help="Count, erase nothing.")
def purge(database: str | None, *, orders: datetime | None, events: datetime | None, dry_run: bool) -> None:
    """Erase what is older than it has to be kept: personal data with its orders, and event logs. AGE is in days: 730d.

    Orders for which anything is still owed, which hold units in stock or wait for a decision stay, however old they are.
    """
    if orders is None and events is None:
        raise click.UsageError("say what: --orders AGE, --events AGE, or both")
    retention = Retention(orders_before=orders, events_before=events)
    purged = with_house(database, lambda house: Housekeeping(house.store).purge(retention, dry_run=dry_run))
    click.echo(_told(purged, retention, dry_run=dry_run))


def _told(purged: Purged, retention: Retention, *, dry_run: bool) -> str:
    verb = "would erase" if dry_run else "erased"
    lines = []
    if retention.orders_before is not None:
        lines.append(f"{verb} {purged.orders} orders; {purged.kept} of that age stay, because they hold stock or wait")
    if retention.events_before is not None:
        lines.append(f"{verb} the events of {purged.events_of} orders")
    return "\n".join(lines)

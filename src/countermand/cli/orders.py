"""`countermand orders`: import, get and list."""

import sys
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

import click
import msgspec
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from countermand.bootstrap import House
from countermand.cli.ledger import database_option, json_option, with_house
from countermand.cli.natively import call, caller_of, dialect_option, known, named, request, route, tenant_option, told
from countermand.dialects import catalog
from countermand.dialects.contract import CallerFault, Fault, FaultKind, Imported, Lines
from countermand.dialects.native.imports import show
from countermand.model.order import Order
from countermand.model.policy import Policy
from countermand.model.query import Listing, ListOrders, Page
from countermand.service.expiry import expires_at
from countermand.service.imports import Importer, Source

#: Longest line of an import, as in the API.
LINE_BYTES_MAX: Final = 1024 * 1024

#: How often the bar moves. Moving it costs as much as reading a line.
SHOWN_EVERY_BYTES: Final = 64 * 1024

#: Wrong lines that are printed one by one; all of them, up to a thousand, are in the answer of --json.
FAULTS_SHOWN: Final = 20

#: Orders read at a time when all are looked through.
PAGE: Final = 1_000

#: The lowest status of HTTP that is an error.
ERROR: Final = 400


@click.group()
def orders() -> None:
    """Import, get and list orders of the native API."""


@orders.command("import")
@click.argument("source", metavar="FILE", type=click.File("rb"))
@tenant_option
@click.option(
    "--all-or-none", "unanimous", is_flag=True, help="Place nothing when one line is refused (up to 5,000 lines)."
)
@click.option("--dry-run", is_flag=True, help="Decide every line and write nothing.")
@database_option
@json_option
def import_(source: BinaryIO, tenant: str, database: str | None, *, as_json: bool, **modes: bool) -> None:
    """Import orders from FILE, or from standard input when FILE is `-`: NDJSON, one order with its id on each line.

    Lines that are refused are told by number, the others are placed. An order that is there already, just so, is counted as
    known: to resume an import, run it again.
    """
    query = {"mode": "all" if modes["unanimous"] else "each", "dry_run": "true" if modes["dry_run"] else "false"}
    handler = route("importOrders").handler
    assert isinstance(handler, Lines)
    caller = caller_of(tenant)
    of = Source(handler, request(query=query), caller, catalog.load()[caller.dialect])
    with _progress(source) as progress:
        task = progress.add_task("", total=_size(source))

        async def work(house: House) -> Imported:
            importer = Importer(house.desk, lambda lines: progress.update(task, description=f"{lines:,} lines"))
            return await importer.run(of, _lines(source, progress))

        imported = with_house(database, work, new=not modes["dry_run"])
    if as_json:
        click.echo(msgspec.json.encode(show(imported)))
    else:
        _sum_up(imported)
    sys.exit(1 if imported.refused else 0)


def _progress(source: BinaryIO) -> Progress:
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal or source.isatty())


def _size(source: BinaryIO) -> int | None:
    """How long the file is; None for a pipe."""
    if not source.seekable():
        return None
    size = source.seek(0, 2)
    source.seek(0)
    return size


async def _lines(source: BinaryIO, progress: Progress) -> AsyncIterator[bytes]:
    size = 0
    while line := source.readline(LINE_BYTES_MAX + 1):
        size += len(line)
        if size > SHOWN_EVERY_BYTES:
            progress.advance(progress.task_ids[0], size)
            size = 0
        if len(line) > LINE_BYTES_MAX:
            raise CallerFault(Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"a line has at most {LINE_BYTES_MAX} bytes"))
        yield line.rstrip(b"\r\n")


def _sum_up(imported: Imported) -> None:
    for fault in imported.faults[:FAULTS_SHOWN]:
        place = f"line {fault.line}{fault.pointer and ' '}{fault.pointer}"
        click.echo(f"{place}: {fault.code}: {fault.detail}", err=True)
    if imported.refused > FAULTS_SHOWN:
        click.echo(f"and {imported.refused - FAULTS_SHOWN} more", err=True)
    nothing = imported.unanimous and imported.refused
    verb = "would be placed" if imported.rehearsed else "placed"
    click.echo(f"{imported.placed} {verb}, {imported.known} known, {imported.refused} refused")
    if nothing:
        click.echo("Nothing was written: one line was refused and all or none were asked for.", err=True)
    if not imported.whole:
        click.echo("The input broke off. Run the import again to resume it.", err=True)


@orders.command()
@click.argument("order_id", metavar="ORDER")
@tenant_option
@dialect_option
@database_option
def get(order_id: str, tenant: str, dialect: str, database: str | None) -> None:
    """Show one order, as JSON."""
    wire = request(params={"order": named(dialect, order_id)})
    answer = with_house(database, lambda house: call(house, "getOrder", caller_of(tenant), wire=wire))
    shown = told(answer)
    if answer.status >= ERROR:
        raise click.ClickException(f"{order_id}: {shown['title']}")
    click.echo(msgspec.json.format(answer.body, indent=2))


@orders.command("list")
@tenant_option
@dialect_option
@click.option("--status", metavar="STATUS", help="Only orders with this status.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest so many.")
@database_option
@json_option
def list_(tenant: str, database: str | None, *, as_json: bool, limit: int, **chosen: str | None) -> None:
    """List orders, newest first."""
    caller = caller_of(tenant)
    query = {"dialect": known(chosen["dialect"] or ""), **({"status": chosen["status"]} if chosen["status"] else {})}

    async def read(house: House) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        token: str | None = None
        while len(found) < limit:
            more = {**query, "page_size": str(min(200, limit - len(found))), **({"page_token": token} if token else {})}
            answer = await call(house, "listOrders", caller, wire=request(query=more))
            page = msgspec.json.decode(answer.body, type=_Page)
            if answer.status >= ERROR:
                raise click.ClickException(page.detail)
            found += page.items
            token = page.next_page_token
            if token is None:
                break
        return found

    found = with_house(database, read)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _print_table(found)


@orders.command()
@tenant_option
@dialect_option
@click.option(
    "--after", "after_s", metavar="SECONDS", type=click.IntRange(60), required=True, help="Unpaid for so long."
)
@database_option
@json_option
def unpaid(tenant: str, dialect: str, after_s: int, database: str | None, *, as_json: bool) -> None:
    """Say which orders an expiry of so many SECONDS would fall due for now. Changes nothing.

    A policy with `unpaid_expiry_seconds` lets orders expire that are placed from then on; this is what it would have meant for
    those that are there.
    """
    now, policy = datetime.now(UTC), Policy(unpaid_expiry_s=after_s)

    async def read(house: House) -> list[Order]:
        found: list[Order] = []
        listing = Listing(sort="placed_at", descending=False, until_at=now - timedelta(seconds=after_s), limit=PAGE)
        while True:
            page = await house.store.find(ListOrders(tenant=tenant, dialect=known(dialect), listing=listing))
            assert isinstance(page, Page)
            orders = [order for order in page.items if isinstance(order, Order)]
            found += [order for order in orders if expires_at(order, policy)]
            if not page.more:
                return found
            listing = replace(listing, after=orders[-1].order_id)

    found = with_house(database, read)
    if as_json:
        rows = [{"id": one.order_id, "expired_at": expires_at(one, policy), "total": one.total_minor} for one in found]
        click.echo(msgspec.json.encode(rows))
        return
    for one in found:
        click.echo(
            f"{one.order_id}  due since {expires_at(one, policy):%Y-%m-%d %H:%M}  {one.total_minor} {one.currency}"
        )
    click.echo(f"{len(found)} orders; each would first be asked about on the payment side")


class _Page(msgspec.Struct):
    """A page of orders, or the problem instead of it."""

    items: list[dict[str, object]] = []
    next_page_token: str | None = None
    detail: str = ""


def _print_table(found: Iterable[dict[str, object]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Order", "Status", "Placed", "Total", "Reference"):
        table.add_column(title, overflow="fold")
    for order in found:
        money = f"{order['total']} {order['currency']}"
        placed = str(order["placed_at"])[:19].replace("T", " ")
        table.add_row(
            *(Text(str(text)) for text in (order["id"], order["status"], placed, money, order["reference"] or ""))
        )
    if table.row_count:
        Console().print(table)
    else:
        click.echo("No orders.")

"""A command's way into the ledger: one option, one house, and what goes wrong told in one line.

Rule: a command opens the database beside a running server, never through it; both see each other's commits at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

import click

from countermand.bootstrap import House, calm_collector, file_of, open_house
from countermand.service.clock import SystemClock
from countermand.settings import BadSettings, here
from countermand.store.port import StoreUnavailable

Value = TypeVar("Value")

database_option = click.option(
    "--database", metavar="URL", help="sqlite:///PATH or postgresql://...  [default: a file in your data folder]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for machines.")


def with_house(database: str | None, work: Callable[[House], Awaitable[Value]], *, new: bool = False) -> Value:
    """Open the house, work in it, close it after the last batch. Raises ClickException for what a person can mend.

    `new`: the command may be the first to use a database. Any other would only find a mistyped path empty, and leave a file.
    """
    try:
        url = database or here().database
        place = file_of(url)
        if place is not None and not new and not place.exists():
            raise click.ClickException(f"there is no database at {place}")
        return asyncio.run(_in_house(url, work))
    except (BadSettings, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from error


async def _in_house(url: str, work: Callable[[House], Awaitable[Value]]) -> Value:
    calm_collector()
    async with aclosing(await open_house(url, SystemClock())) as house:
        if await house.store.sandboxed() is None:
            await house.store.claim_for(sandbox=False)
        return await work(house)

"""Very many orders in one database, written by SQL: with what numbered pages need, and with what cursors need."""

import asyncio
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import apsw
import asyncpg

from countermand.store.joints import joint_of
from countermand.store.rows import micros, order_row
from countermand.store.sqlite.schema import prepare
from countermand.store.tallies import LEVELS
from tests.store.ledger import NOW, order

MILLION = 1_000_000
TENANT, DIALECT = "t1", "any"

#: One order every forty seconds: a good year.
STEP_US = 40_000_000

#: What is joined here: filters, and what is sorted by.
JOINTS = "customerId status | updatedAt id status"
_JOINED = [
    (filtered, sort)
    for filtered, sort in product(("customerId", "status"), ("updatedAt", "id", "status"))
    if filtered != sort
]

#: How often each status is had, of a thousand orders; the last is had by three of the million.
STATUSES = (
    "(CASE WHEN n % 333333 = 0 THEN 'rejected' WHEN n % 10 < 6 THEN 'shipped'"
    " WHEN n % 10 < 9 THEN 'cancelled' ELSE 'new_order' END)"
)

#: By name of a facet, its value in SQL. A customer has about ten orders; of a million, one has three thousand and one thirty.
FACETS = {
    "#": f"{STATUSES} || '/' || (n % 4 + 1) || '/1/cash/' || CASE WHEN n % 3 <> 0 THEN 'paid' ELSE 'unpaid' END",
    "updatedAt": "{pad}(n * 7919) % 1000003{padded}",
    "status": STATUSES,
    "totals.total": "{pad}(n * 104729) % 100003{padded}",
    "customerId": "(CASE WHEN n % 333 = 0 THEN 'big' WHEN n % 33 = 1 THEN 'huge' ELSE 'c' || (n % 100000) END)",
}

_ID = "'o' || {pad}n{padded}"
_HELD = ("updatedAt", "status", "totals.total", "customerId")


def values() -> Iterator[tuple[str, str]]:
    """The names of all rows of facets that an order has, each with its value in SQL."""
    yield from FACETS.items()
    for filtered, sort in _JOINED:
        joint = joint_of(JOINTS, {filtered: "x"}, sort)
        assert joint is not None
        yield joint.name, f"{FACETS[filtered]} || {{end}} || {FACETS.get(sort, _ID)}"


_NUMBERS = """
CREATE TEMP TABLE numbers AS
WITH RECURSIVE counted(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM counted WHERE n < {rows}) SELECT n FROM counted
"""
_AT = "{now} - ({rows} - n) * {step}"
_ORDERS = f"""
INSERT INTO orders
SELECT '{TENANT}', '{DIALECT}', 'o' || {{pad}}n{{padded}}, 1, 1, 'order', {STATUSES}, {_AT}, {_AT}, {{body}}, {{facts}}
  FROM numbers
"""
_FACETS = f"""
INSERT INTO facets SELECT '{TENANT}', '{DIALECT}', 'order', '{{name}}', {{value}}, {_AT}, 'o' || {{pad}}n{{padded}}
  FROM numbers ORDER BY 5, 6
"""
_TALLIES = """
INSERT INTO tallies
SELECT tenant, dialect, holder, {level}, at >> {level}, value, count(*) FROM facets WHERE name = '#' GROUP BY 1, 2, 3, 5, 6
"""


def _statements(spelled: dict[str, str], rows: int) -> Iterator[str]:
    row = order_row(order(facets={name: f"@{name}" for name in _HELD}))
    said = {
        **spelled,
        "now": str(micros(NOW)),
        "rows": str(rows),
        "step": str(STEP_US),
        "body": _body(row.body.decode(), spelled),
        "facts": _bytes(b"{}", spelled),
    }
    yield _NUMBERS.format(**said)
    yield _ORDERS.format(**said)
    for name, value in values():
        yield _FACETS.format(**said, name=name, value=value.format(**said))
    for level in LEVELS:
        yield _TALLIES.format(level=level)


def _body(template: str, spelled: dict[str, str]) -> str:
    """The body of each order with its facets in it: the place after a cursor is found by them."""
    text = f"'{template}'"
    for name in _HELD:
        text = f"replace({text}, '@{name}', {FACETS[name].format(**spelled)})"
    return spelled["encoded"].format(text)


def _bytes(body: bytes, spelled: dict[str, str]) -> str:
    return spelled["bytes"].format(body.hex())


_SQLITE = {"pad": "printf('%07d', ", "padded": ")", "end": "char(31)", "bytes": "x'{}'", "encoded": "CAST({} AS BLOB)"}
_POSTGRES = {
    "pad": "lpad((",
    "padded": ")::text, 7, '0')",
    "end": "chr(31)",
    "bytes": "'\\x{}'::bytea",
    "encoded": "convert_to({}, 'UTF8')",
}


def seed(path: Path) -> None:
    """Most of a minute: nothing of it has to survive a crash."""
    prepare(path)
    connection = apsw.Connection(str(path))
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    for statement in _statements(_SQLITE, MILLION):
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def seed_postgres(url: str, rows: int) -> None:
    """The same into a database that has the schema; fewer rows do, where rows that are read are counted and not time."""

    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in _statements(_POSTGRES, rows):
                await connection.execute(statement)
            await connection.execute("VACUUM ANALYZE")
        finally:
            await connection.close()

    asyncio.run(work())

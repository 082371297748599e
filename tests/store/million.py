"""A million orders in one SQLite file, written by SQL: with what numbered pages need, and with what cursors need."""

from pathlib import Path

import apsw

from countermand.store.rows import micros, order_row
from countermand.store.sqlite.schema import prepare
from countermand.store.tallies import LEVELS
from tests.store.ledger import NOW, order

MILLION = 1_000_000
TENANT, DIALECT = "t1", "any"

#: One order every forty seconds: a good year.
STEP_US = 40_000_000

#: How often each status is had, of a thousand orders; the last is had by three of the million.
STATUSES = (
    "CASE WHEN n % 333333 = 0 THEN 'rejected' WHEN n % 10 < 6 THEN 'shipped'"
    " WHEN n % 10 < 9 THEN 'cancelled' ELSE 'new_order' END"
)

_NUMBERS = """
CREATE TEMP TABLE numbers AS
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?) SELECT n FROM counted
"""
_ORDERS = f"""
INSERT INTO orders
SELECT :tenant, :dialect, printf('o%07d', n), 1, 1, 'order', {STATUSES}, :now - (:rows - n) * :step,
       :now - (:rows - n) * :step, :body, :facts
  FROM numbers
"""
_FACETS = """
INSERT INTO facets SELECT :tenant, :dialect, 'order', :name, {value}, :now - (:rows - n) * :step, printf('o%07d', n)
  FROM numbers ORDER BY 5, 6
"""
_TALLIES = """
INSERT INTO tallies
SELECT tenant, dialect, holder, :level, at >> :level, value, count(*) FROM facets WHERE name = '#' GROUP BY 1, 2, 3, 5, 6
"""

#: By name of a facet, its value in SQL. A customer has about ten orders; one has three thousand.
FACETS = {
    "#": f"{STATUSES} || '/' || (n % 4 + 1) || '/1/cash/' || iif(n % 3, 'paid', 'unpaid')",
    "updatedAt": "printf('%020d', (n * 7919) % 1000003)",
    "status": STATUSES,
    "totals.total": "printf('%018d', (n * 104729) % 100003)",
    "customerId": "iif(n % 333 = 0, 'big', 'c' || (n % 100000))",
}


def seed(path: Path) -> None:
    """Half a minute: nothing of it has to survive a crash."""
    prepare(path)
    connection = apsw.Connection(str(path))
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    row = order_row(order())
    values: dict[str, object] = {
        "tenant": TENANT, "dialect": DIALECT, "now": micros(NOW), "rows": MILLION, "step": STEP_US,
        "body": row.body, "facts": b"{}",
    }  # fmt: skip
    connection.execute(_NUMBERS, (MILLION,))
    connection.execute(_ORDERS, values)
    for name, value in FACETS.items():
        connection.execute(_FACETS.format(value=value), {**values, "name": name})
    for level in LEVELS:
        connection.execute(_TALLIES, {"level": level})
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()

"""kill -9 while a bulk runs: every order is cancelled once, and what was written down is what happened."""

import random
import time
from pathlib import Path

import apsw
import pytest

from tests.bulk.conftest import Api, key_of
from tests.process import Client, Process, sqlite

pytestmark = pytest.mark.serial

ORDERS = 4_000


@pytest.mark.slow
def test_a_killed_server_goes_on_where_it_was(tmp_path: Path):
    database, chance = sqlite(tmp_path), random.Random(7)
    secrets = [key_of(database, "acme") for _ in range(2)]
    with Process(database) as server:
        callers = _callers(server.url, secrets)
        callers[0].place(ORDERS)
        bulk_id = callers[0].begin(filter={})["id"]
        callers[0].until(bulk_id, "requested")
        callers[1].call("POST", f"/bulk-cancellations/{bulk_id}:approve")
        for _ in range(2):
            time.sleep(chance.uniform(0.1, 0.5))
            server.kill()
            _hang_up(callers)
            _forget_leases(tmp_path)
            server.start()
            callers = _callers(server.url, secrets)
        done = callers[0].until(bulk_id, "completed")
        assert done["counts"]["cancelled"] == ORDERS
        items = callers[0].items(bulk_id)
        _hang_up(callers)
        assert len({item["cancellation_id"] for item in items}) == ORDERS
    ledger = apsw.Connection(str(tmp_path / "ledger.db"))
    assert ledger.execute("SELECT count(*), count(DISTINCT order_id) FROM cancellations").fetchone() == (ORDERS, ORDERS)
    assert ledger.execute("SELECT sum(reserved_milli) FROM stock").fetchone() == (0,)
    assert ledger.execute("SELECT count(*) FROM timers").fetchone() == (0,)


def _callers(url: str, secrets: list[str]) -> list[Api]:
    return [Api(Client(url, {"Authorization": f"Bearer {secret}"})) for secret in secrets]


def _hang_up(callers: list[Api]) -> None:
    for caller in callers:
        caller.client.__exit__()


def _forget_leases(folder: Path) -> None:
    """What time would do: the dead process's lease is over."""
    ledger = apsw.Connection(str(folder / "ledger.db"))
    ledger.execute("UPDATE timers SET leased_until = 0")
    ledger.close()

"""SQLite with more than one process on the file: decided while others write, checked when written; and whose turn it is."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import apsw
import pytest

from countermand.store.port import Judged, Loaded, Wanted, Writes
from countermand.store.sqlite.adapter import SqliteStore
from countermand.store.sqlite.turns import Turns
from tests.store.ledger import Ledger, cancelled, claim, key, order, record, thing


class Others:
    """Another store on the same file, in a thread of its own: it commits while we are still deciding."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, writes: Writes) -> None:
        thread = threading.Thread(target=lambda: asyncio.run(self._put(writes)))
        thread.start()
        thread.join()

    async def _put(self, writes: Writes) -> None:
        store = SqliteStore.open(self._path)
        await store.transact(Wanted(), lambda _: Judged(writes, None))
        await store.close()


def test_a_decision_about_an_order_that_has_changed_since_is_made_anew(ours: Ledger, path: Path):
    ours.put(order())
    versions: list[int] = []

    def judge(loaded: Loaded) -> Writes:
        before = loaded.orders[key()]
        versions.append(before.version)
        if len(versions) == 1:
            Others(path).put(Writes(orders={before.key: cancelled(before)}))
        return Writes(orders={before.key: cancelled(before)})

    ours.transact(Wanted(orders={key()}), judge)
    assert versions == [1, 2]
    assert ours.load(Wanted(orders={key()})).orders[key()].version == 3


def test_an_order_that_somebody_else_has_placed_since_is_seen(ours: Ledger, path: Path):
    there: list[bool] = []

    def judge(loaded: Loaded) -> Writes:
        there.append(key() in loaded.orders)
        if there == [False]:
            Others(path).put(Writes(orders={key(): (None, order())}))
        return Writes() if there[-1] else Writes(orders={key(): (None, order())})

    ours.transact(Wanted(orders={key()}), judge)
    assert there == [False, True]


def test_an_idempotency_key_that_somebody_else_has_used_since_is_seen(ours: Ledger, path: Path):
    used = claim()
    found: list[bytes | None] = []

    def judge(loaded: Loaded) -> Writes:
        known = loaded.claims.get(used.key)
        found.append(known.body if known else None)
        if len(found) == 1:
            Others(path).put(Writes(claims=[claim(body=b"theirs")]))
        return Writes() if known else Writes(claims=[used])

    ours.transact(Wanted(claims={used.key}), judge)
    assert found == [None, b"theirs"]


def test_what_a_batch_only_looked_at_is_checked_before_anything_else_is_written(ours: Ledger, path: Path):
    """Two orders are read and one is changed because of the other, which is changed by somebody else meanwhile."""
    ours.put(order("o1"), order("o2"))
    seen: list[int] = []

    def judge(loaded: Loaded) -> Writes:
        other = loaded.orders[key("o2")]
        seen.append(other.version)
        if len(seen) == 1:
            Others(path).put(Writes(orders={other.key: cancelled(other)}))
        return Writes(orders={key("o1"): cancelled(loaded.orders[key("o1")])})

    ours.transact(Wanted(orders={key("o1"), key("o2")}), judge)
    assert seen == [1, 2]


@pytest.mark.parametrize("there", [True, False], ids=["changed", "made"])
def test_a_record_that_a_batch_looked_at_is_checked_before_anything_is_written(
    ours: Ledger, path: Path, *, there: bool
):
    ours.put(order(), records=[record()] if there else [])
    seen: list[int] = []

    def judge(loaded: Loaded) -> Writes:
        beside = loaded.records.get(thing())
        seen.append(beside.version if beside else 0)
        if len(seen) == 1:
            after = record(version=seen[0] + 1)
            Others(path).put(Writes(records={thing(): (beside, after)}))
        return Writes(orders={key(): cancelled(loaded.orders[key()])})

    ours.transact(Wanted(orders={key()}, records={thing()}), judge)
    assert seen == [int(there), there + 1]


def test_batches_are_decided_while_one_of_this_process_is_being_written(ours: Ledger, path: Path):
    """And what they all change is changed by one after the other."""
    ours.put(order())
    decided: list[int] = []
    all_of_them = asyncio.Event()

    def judge(loaded: Loaded) -> Writes:
        decided.append(loaded.orders[key()].version)
        if len(decided) == 3:
            all_of_them.set()
        return Writes(orders={key(): cancelled(loaded.orders[key()])})

    async def crowd() -> list[int]:
        other = apsw.Connection(str(path))
        other.execute("BEGIN IMMEDIATE")  # the first can't be written before this ends
        batches = [asyncio.create_task(ours.batch(Wanted(orders={key()}), judge)) for _ in range(3)]
        await asyncio.wait_for(all_of_them.wait(), 4)
        seen = list(decided)
        other.execute("COMMIT")
        other.close()
        await asyncio.gather(*batches)
        return seen

    assert ours.run(crowd()) == [1, 1, 1]
    assert ours.load(Wanted(orders={key()})).orders[key()].version == 4


_QUEUES = """
import sys
from pathlib import Path
from countermand.store.sqlite.turns import Turns
turns = Turns(Path(sys.argv[1]))
print("queues", flush=True)
turns.wait()
print("writes", flush=True)
sys.stdin.readline()
"""


def test_whoever_waits_writes_before_whoever_has_just_written(path: Path):
    turns = Turns(path)
    assert turns.take_at_once()
    with subprocess.Popen(
        [sys.executable, "-c", _QUEUES, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "queues\n"
        _until_it_waits(path)
        turns.pass_on()
        assert waiting.stdout.readline() == "writes\n"
        assert not turns.take_at_once()
        waiting.kill()
    assert turns.take_at_once(), "the turn of a process that died is free"
    turns.close()


_IS_QUEUED = """
import fcntl, os, sys
fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
"""


def _until_it_waits(path: Path) -> None:
    """Until a third process can't even queue at once: the child is in the queue."""
    command = [sys.executable, "-c", _IS_QUEUED, f"{path}-turn"]
    for _ in range(100):
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
            return
    pytest.fail("the child never queued")


#: As many processes as a machine is likely to start at once, and enough files that they meet in one.
OPENERS = 6
NEW_FILES = 25

_OPENS = """
import sys
from pathlib import Path
from countermand.store.sqlite.adapter import SqliteStore
for line in sys.stdin:
    SqliteStore.open(Path(line.strip()))
    print("open", flush=True)
"""


def test_processes_that_make_one_new_file_at_once_all_get_it_open(tmp_path: Path):
    openers = [
        subprocess.Popen([sys.executable, "-c", _OPENS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(OPENERS)
    ]
    for number in range(NEW_FILES):
        for opener in openers:
            assert opener.stdin is not None
            opener.stdin.write(f"{tmp_path / str(number)}/ledger.db\n")
            opener.stdin.flush()
        for opener in openers:
            assert opener.stdout is not None
            assert opener.stdout.readline() == "open\n", "an opener that fails ends with its traceback"
    for opener in openers:
        opener.communicate()

"""SQLite's write-ahead log: it is copied into the file when it is long, and begun anew."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import apsw

from countermand.store.port import Judged, Loaded, Wanted, Writes
from countermand.store.sqlite.adapter import WAL_PAGES_MAX
from tests.store.ledger import Ledger, record, thing

#: A page and its header in the log.
FRAME_BYTES = 4_096 + 24

#: A quarter of what the log may hold is written at once.
LARGE = b"." * (WAL_PAGES_MAX // 4 * 4_096)


def pages(path: Path) -> float:
    return path.with_name("ledger.db-wal").stat().st_size / FRAME_BYTES


def _as_it_is(judged: Judged[None], _: Loaded) -> Judged[None]:
    return judged


def write(ledger: Ledger, numbers: range) -> None:
    async def each() -> None:
        for number in numbers:
            after = record(f"r{number}", body=LARGE)
            judged = Judged(Writes(records={after.key: (None, after)}), None)
            await ledger.store.transact(Wanted(records={after.key}), partial(_as_it_is, judged))

    ledger.run(each())


def test_the_log_does_not_grow_with_what_is_written(ours: Ledger, path: Path):
    write(ours, range(40))
    assert pages(path) < 3 * WAL_PAGES_MAX
    assert ours.load(Wanted(records={thing("r0")})).records[thing("r0")].body == LARGE


def test_somebody_who_reads_for_long_is_not_disturbed_and_lets_the_log_grow_only_meanwhile(ours: Ledger, path: Path):
    write(ours, range(1))
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    before = reader.execute("SELECT count(*) FROM records").fetchone()
    write(ours, range(1, 13))
    assert reader.execute("SELECT count(*) FROM records").fetchone() == before
    grown = pages(path)
    assert grown > 3 * WAL_PAGES_MAX
    reader.execute("COMMIT")
    write(ours, range(13, 53))
    assert pages(path) < grown + 3 * WAL_PAGES_MAX
    reader.close()

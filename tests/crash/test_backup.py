"""The SQLite part of docs/how-to/backup-and-restore.md, done as it is written there."""

import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.process import Client, Process, sqlite
from tests.shopping import KEY, WORLD, Shopper, put_world

pytestmark = pytest.mark.serial

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "backup-and-restore.md"


def command(file: Path, copy: Path) -> list[str]:
    """The page's command without an SQLite of one's own, on these files."""
    (line,) = re.findall(r"^python (-m apsw .*)$", PAGE.read_text(), re.MULTILINE)
    assert "/backup/countermand.db" in line
    return [
        sys.executable,
        *shlex.split(line.replace("/backup/countermand.db", str(copy)).replace(" countermand.db", f" {file}")),
    ]


def test_a_copy_made_while_serving_is_a_ledger_that_serves(tmp_path: Path):
    ledger, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    with Process(sqlite(tmp_path), "--sandbox") as server:
        put_world(server.url)
        shopper = Shopper([server], 1)
        shopper.start()
        time.sleep(0.5)
        before = set(shopper.acknowledged)
        subprocess.run(command(ledger, copy), check=True, timeout=30)
        shopper.over.set()
        shopper.join()
        assert before
    with Process(f"sqlite:///{copy}", "--sandbox") as server, Client(server.url, KEY) as client:
        effects = client.call("GET", "/sandbox/fastpod/effects").json()
        assert isinstance(effects, dict)
        kept = {event["order"] for event in effects["events"] if event["type"] == "order.cancelled"}
        assert before <= kept
        untouched = next(one["id"] for one in WORLD["orders"] if one["id"] not in kept)
        assert client.call("POST", f"/fastpod/v1/orders/{untouched}/cancel").status == 200

"""What a vendor held until now can be brought into a live ledger, once, and worked with through the vendor's own API."""

import json
import subprocess
import sys
from pathlib import Path

from tests.process import Client, Process, sqlite

HELD = {
    "accounts": [{"token": "unused", "tenant": "bu_nl"}],
    "orders": [{"orderId": "ord_1", "status": "confirmed", "items": [{"sku": "LAP-1", "quantity": 2}]}],
}


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "countermand", *words], capture_output=True, text=True, check=False)


def test_what_is_brought_can_be_cancelled_and_is_brought_once(tmp_path: Path) -> None:
    database, file = sqlite(tmp_path), tmp_path / "held.json"
    file.write_text(json.dumps(HELD))
    first = _run("bring", "flexportal", str(file), "--tenant", "acme", "--database", database)
    assert (first.returncode, first.stdout.split(",")[1].strip()) == (0, "0 were there already"), first.stderr
    again = _run("bring", "flexportal", str(file), "--tenant", "acme", "--database", database)
    assert again.stdout.startswith("0 added"), again.stderr
    words = [
        "keys",
        "create",
        "--dialect",
        "flexportal",
        "--tenant",
        "acme",
        "--scope",
        "all",
        "--attribute",
        "tenant=bu_nl",
        "--json",
    ]
    key = json.loads(_run(*words, "--database", database).stdout)
    with Process(database) as server:
        headers = {"Authorization": f"Bearer {key['secret']}", "Tenant-ID": "bu_nl"}
        with Client(server.url, headers) as client:
            answer = client.call("POST", "/flexportal/v1/orders/ord_1/cancel", {})
    assert answer.status == 200, answer
    kept = _run("bring", "flexportal", str(file), "--tenant", "acme", "--database", database)
    assert kept.stdout.startswith("0 added"), "what has been cancelled here stays cancelled"


def test_a_file_that_makes_no_sense_is_told_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "held.json"
    for text, words in (("[", "held.json"), ("{}", "accounts"), ('{"accounts": [{}]}', "held.json")):
        file.write_text(text)
        done = _run("bring", "flexportal", str(file), "--tenant", "acme", "--database", sqlite(tmp_path))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert words in done.stderr
    assert _run("bring", "nobody", str(file), "--tenant", "acme").returncode == 2

"""P2: whatever the statement before which, or the write in the middle of which, the power goes: all of it, or nothing.

And whoever asks again, as a caller does who never got an answer, finds that it happened once.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.races.test_one_winner import VENDORS, Vendor

pytestmark = pytest.mark.serial

NATIVE = Vendor(
    "native",
    {
        "accounts": [{"token": "t", "tenant": "x"}],
        "orders": [
            {
                "id": "o",
                "currency": "EUR",
                "lines": [{"sku": "a", "quantity": 3, "price": 3000}, {"sku": "b", "price": 500}],
                "payments": [{"id": "p", "method": "card", "authorised": 3500, "captured": 3500}],
            }
        ],
    },
    "POST",
    "/orders/o/cancellations",
    {"reason": "customer_changed_mind"},
    "o",
    {201: 1},
    {"Authorization": "Bearer t", "Idempotency-Key": "once"},
)
#: One that has more to write than any other, one that refuses a second cancel, one that repeats its answer.
ALL = [NATIVE, *(vendor for vendor in VENDORS if vendor.name in {"flexportal", "tecspal"})]


def _named(value: object) -> str:
    return value.name if isinstance(value, Vendor) else str(value)


def _dying(folder: Path, vendor: Vendor, where: str) -> list[dict[str, Any]]:
    mount = "/v1" if vendor.name == "native" else f"/{vendor.name}"
    world = {"method": "PUT", "path": f"/sandbox/{vendor.name}/world", "headers": {}, "body": vendor.world}
    cancel = {
        "method": vendor.method,
        "path": mount + vendor.path,
        "headers": dict(vendor.headers),
        "body": vendor.body,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.dying"],
        input=json.dumps([str(folder), world, cancel, where]),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(("vendor", "where"), [*((one, "statement") for one in ALL), (NATIVE, "write")], ids=_named)
def test_a_cancel_is_whole_wherever_the_power_goes(tmp_path: Path, vendor: Vendor, where: str):
    """Until the commit nothing is there; from it on everything is; asking again makes it be there once."""
    body = {} if vendor.body is None else vendor.body
    *died, lived = _dying(tmp_path, replace(vendor, body=body), where)
    assert len(died) > 3, "it died nowhere"
    assert lived["answer"]["status"] in {200, 201, 202}, lived["answer"]
    counts = _counts(lived["after"])
    assert counts["events"] == 1
    for one in died:
        assert one["before"] or _counts(one["found"]) == counts, one["n"]
        assert _counts(one["after"]) == counts, (one["n"], one["again"])
        if one["before"]:
            assert one["again"]["status"] == lived["answer"]["status"], one["n"]
        else:
            assert one["again"]["status"] == lived["again"]["status"], one["n"]
    assert died[0]["before"], "the first death came too late"
    if vendor is NATIVE:
        assert lived["again"]["body"] == lived["answer"]["body"], "its key stands for what was said before"
        assert counts["cancellations"] == counts["claims"] == 1
        assert counts["obligations"] >= 1


def _counts(rows: dict[str, list[str]]) -> dict[str, int]:
    return {table: len(found) for table, found in rows.items()}

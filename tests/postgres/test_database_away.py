"""While the database is away, the log says so once a second and not with every request."""

import json
import time
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.process import Client, Process
from tests.shopping import KEY, put_world

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

CALLS = 300


def test_three_hundred_refused_calls_are_a_few_lines(cluster: Cluster, tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with Process(cluster.create("ledger"), "--sandbox", errors=errors) as server:
        put_world(server.url)
        cluster.kill()
        begun = time.monotonic()
        with Client(server.url, KEY) as client:
            statuses = {client.call("POST", f"/fastpod/v1/orders/F1-{n:06d}/cancel").status for n in range(CALLS)}
        took_s = time.monotonic() - begun
        time.sleep(1.1)
        with Client(server.url, KEY) as client:
            assert client.call("POST", "/fastpod/v1/orders/F1-000000/cancel").status == 503
    assert statuses == {503}
    lines = [json.loads(line) for line in errors.read_text().splitlines() if "request_id" in line]
    assert 2 <= len(lines) <= took_s + 3
    assert sum(1 + line["left_out"] for line in lines) == CALLS + 1
    assert lines[-1]["reason"]

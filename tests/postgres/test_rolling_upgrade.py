"""An upgrade under load, node by node: the next release on the old schema, then the old release on the next one's schema.

The next release is a copy of this one that knows a revision more, so it is another program with processes of its own.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermand.dialects import catalog
from countermand.store.versions import VERSION
from tests.cluster import Cluster
from tests.process import Client, Process
from tests.shopping import KEY, Shopper, compare, put_world
from tests.store.test_migrations import NEXT, REVISION

pytestmark = [pytest.mark.postgres, pytest.mark.serial, pytest.mark.slow]

SRC = Path(catalog.__file__).parents[2]
SHOPPERS = 3


@pytest.fixture
def following(tmp_path: Path) -> dict[str, str]:
    """The environment in which `countermand` is the next release."""
    tree = tmp_path / "src"
    shutil.copytree(SRC, tree, ignore=shutil.ignore_patterns("__pycache__"))
    store = tree / "countermand" / "store"
    (store / "migrations" / "versions" / "r0002_channels.py").write_text(REVISION)
    versions = store / "versions.py"
    text = versions.read_text()
    assert f'VERSION: Final = "{VERSION}"' in text
    versions.write_text(text.replace(f'VERSION: Final = "{VERSION}"', f'VERSION: Final = "{NEXT}"', 1))
    return {"PYTHONPATH": str(tree)}


def migrate(url: str, environ: dict[str, str]) -> str:
    words = [sys.executable, "-m", "countermand", "migrate", "--database", url]
    return subprocess.run(words, env={**os.environ, **environ}, capture_output=True, text=True, check=True).stdout


def cancel_on(server: Process, orders: Iterator[int]) -> None:
    """One more order, on this very server; others may have had some of them already."""
    with Client(server.url, KEY) as client:
        statuses = (client.call("POST", f"/fastpod/v1/orders/F1-{n:06d}/cancel").status for n in orders)
        assert next(status for status in statuses if status != 422) == 200


def test_both_releases_serve_both_schemas_while_nodes_are_replaced_one_by_one(
    cluster: Cluster, following: dict[str, str]
):
    database, orders = cluster.create("ledger"), itertools.count()
    old, other = Process(database, "--sandbox"), Process(database, "--sandbox")
    new = Process(database, "--sandbox", environ=following)
    nodes = [old, other]
    with contextlib.ExitStack() as stack:
        for node in (old, other):
            stack.enter_context(node)
        put_world(old.url)
        shoppers = [Shopper(nodes, seed) for seed in range(SHOPPERS)]
        for shopper in shoppers:
            shopper.start()
        stack.enter_context(new)
        nodes[:] = [other, new]
        assert old.stop() == 0
        cancel_on(new, orders)
        assert migrate(database, following) == f"the schema was at revision {VERSION} and is up to date now\n"
        for node in (new, other):
            cancel_on(node, orders)
        other.stop()
        other.start()
        cancel_on(other, orders)
        for shopper in shoppers:
            shopper.over.set()
            shopper.join()
        compare(new.url, shoppers)

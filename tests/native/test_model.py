"""Random commands of two clients, a warehouse and a clock, against the engine on each store and a simple model."""

import asyncio

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from countermand.bootstrap import open_store
from tests.databases import database, server as database_server
from tests.native.machine import machine_of

RUNS = settings(
    max_examples=40, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def run(url: str) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(_open(url))
        run_state_machine_as_test(machine_of(runner, store), settings=RUNS)
        runner.run(store.close())


async def _open(url: str):
    return open_store(url)


@pytest.mark.slow
def test_the_embedded_store_does_what_the_model_says(tmp_path):
    run(f"sqlite:///{tmp_path}/model.db")


@pytest.mark.slow
@pytest.mark.postgres
def test_the_server_store_does_what_the_model_says():
    with database_server() as address, database(address) as url:
        run(url)

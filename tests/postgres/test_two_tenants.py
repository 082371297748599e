"""Batches are one tenant's; commands of another that arrive in the same turn need not wait until they are committed."""

import asyncio

import pytest

from countermand.bootstrap import open_house
from countermand.service.clock import SystemClock
from tests.desks import Watched

pytestmark = pytest.mark.postgres


def test_two_tenants_are_served_side_by_side(postgres_url: str):
    async def work() -> None:
        house = await open_house(postgres_url, SystemClock())
        desk = Watched(house.desk)
        await asyncio.gather(desk.write("n", "acme"), desk.write("n", "bolt"))
        await house.aclose()
        assert (desk.begun, desk.at_once_max) == (2, 2)

    asyncio.run(work())

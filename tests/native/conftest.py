"""An empty world for every test, and whoever calls in it."""

import pytest

from tests.native.client import Api, new_order, put_world


@pytest.fixture
def api(server: str) -> Api:
    put_world(server)
    return Api(server)


@pytest.fixture
def placed(api: Api) -> Api:
    """With the order `o1` placed and its payment authorised."""
    assert api.post("/orders", new_order()).status == 201
    return api

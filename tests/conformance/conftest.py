"""What the conformance tests share."""

from __future__ import annotations

import pytest

from tests.conformance.stub import running


@pytest.fixture
def stub():
    with running() as server:
        yield server

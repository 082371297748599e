"""Every open conformance case against the real server: one case, one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermand.cli.conform.casefile import load_all
from countermand.cli.conform.report import Result, line
from countermand.cli.conform.runner import run_case
from countermand.cli.conform.wire import aim

FILES = load_all(sorted(Path(__file__).parent.glob("cases/*.json")))
CASES = [pytest.param(file, case, id=case.id) for file in FILES for case in file.cases]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_the_server_answers_as_the_case_says(server, file, case):
    failure = run_case(case, file=file, target=aim(server, has_sandbox=True, headers={}, timeout_s=15.0))
    assert failure is None, line(Result(file, case, failure, 0.0)).plain

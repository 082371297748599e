"""Each dialect's served document is true: whatever is asked, within it or beside it, the answer is one that it declares.

Generated requests, half of them as declared and half of them not, on a world with orders to find. `--contracts-s` says how
long each dialect is asked.
"""

import contextlib
import random
import time
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from countermand.dialects import catalog
from tests.contracts.worlds import STAGES, Stage
from tests.process import Client

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
ASKED = settings(
    max_examples=1_000_000,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_every_dialect_has_a_stage():
    assert STAGES.keys() == catalog.load().keys()


@pytest.mark.serial
@pytest.mark.slow
@pytest.mark.parametrize("name", STAGES)
def test_no_request_gets_a_bug_or_an_answer_outside_the_document(name: str, server: str, pytestconfig: pytest.Config):
    """`--contracts-s` is the time for each dialect, shared evenly by its operations."""
    stage, mount = STAGES[name], catalog.load()[name].mount
    document = "/openapi.json" if name == "native" else f"{mount}/openapi.json"
    schema = schemathesis.openapi.from_url(f"{server}{document}", headers=dict(stage.headers))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    share_s = pytestconfig.getoption("--contracts-s") / len(operations) / len(MODES)
    base = f"{server}{mount}" if "servers" not in schema.raw_schema else None
    wrong: dict[str, str] = {}
    for operation in operations:
        for mode in MODES:
            put_world(server, name)
            try:
                _ask(operation, stage, mode=mode, until=time.monotonic() + share_s, base=base)
            except Exception as error:  # noqa: BLE001 - all operations are asked before any is told
                wrong[f"{operation.label} {mode.value}"] = _told(error)
    assert wrong == {}, "\n\n".join(f"{label}\n{text}" for label, text in wrong.items())


class _Enough(Exception):  # noqa: N818 - the time is over, which is no error
    pass


def _ask(operation: Any, stage: Stage, *, mode: Any, until: float, base: str | None) -> None:
    """Send requests until the time is over."""
    failed = False

    @ASKED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal failed
        if time.monotonic() > until and not failed:
            raise _Enough
        _name_what_exists(case, stage)
        answer = case.call(base_url=base, headers=dict(stage.headers))
        try:
            case.validate_response(answer, checks=CHECKS)
        except BaseException:
            failed = True
            raise

    with contextlib.suppress(_Enough, Unsatisfiable):
        ask()


def _name_what_exists(case: Any, stage: Stage) -> None:
    """Two of three requests name something that is there, and so do most bodies; none comes without a key by chance."""
    dice = random.Random(repr((case.path_parameters, case.query, case.body)))
    for name in case.path_parameters or {}:
        known = stage.choices(name, case.path)
        if known and dice.randrange(3):
            case.path_parameters[name] = dice.choice(known)
    for part in (case.query, case.body):
        _say(part, stage.words, dice)
    for name in stage.headers:
        for sent in [sent for sent in case.headers or {} if sent.lower() == name.lower()]:
            del case.headers[sent]


def _say(value: Any, words: Mapping[str, object], dice: random.Random) -> None:
    if isinstance(value, list):
        for one in value:
            _say(one, words, dice)
    if isinstance(value, dict):
        for name, one in value.items():
            if name in words and dice.randrange(4):
                value[name] = words[name]
            else:
                _say(one, words, dice)


def _told(error: Exception) -> str:
    inner = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    return "\n".join(str(one)[:1500] for one in inner)


def put_world(server: str, name: str) -> None:
    with Client(server) as client:
        answer = client.call("PUT", f"/sandbox/{name}/world", STAGES[name].world)
    assert answer.status == 204, answer.body

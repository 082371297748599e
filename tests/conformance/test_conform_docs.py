"""The reference page says what the command does: its example runs, and nothing is left unsaid."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from countermand.cli.conform.casefile import parse_file
from countermand.cli.conform.command import conform
from countermand.cli.conform.patterns import _RULES, TYPE_NAMES
from countermand.cli.conform.runner import run_case
from countermand.cli.conform.wire import aim
from tests.conformance.stub import reply

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "conformance.md").read_text(encoding="utf-8")
EXAMPLE, AT_ONCE = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))


def test_the_example_is_a_case_file_that_passes_against_a_server_that_agrees(stub):
    file = parse_file(EXAMPLE, "example")
    not_found = {"error": {"code": "NOT_FOUND", "message": "Order not found"}}
    stub.answer = lambda seen: reply({"events": []}) if seen.method == "GET" else reply(not_found, 404)
    target = aim(stub.url, has_sandbox=True, headers={}, timeout_s=5)
    assert [run_case(case, file=file, target=target) for case in file.cases] == [None]
    assert b"a" * 1000 in stub.calls[0].body


def test_the_concurrent_example_is_well_formed():
    (case,) = EXAMPLE["cases"]
    parse_file({**EXAMPLE, "cases": [{**case, "concurrent": AT_ONCE}]}, "example")


@pytest.mark.parametrize("word", [option for parameter in conform.params for option in parameter.opts])
def test_every_option_has_an_entry(word):
    assert word == "files" or f"`{word}" in PAGE


@pytest.mark.parametrize("word", [*_RULES, *TYPE_NAMES])
def test_every_matcher_and_type_is_explained(word):
    assert f'{{"{word}":' in PAGE or f"`{word}`" in PAGE

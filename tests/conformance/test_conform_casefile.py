"""Case files: what a well-formed one means, and how each mistake is told."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from countermand.cli.conform.casefile import load, load_all, parse_file
from countermand.cli.conform.reading import FormatError

STEP: dict[str, Any] = {
    "request": {"method": "POST", "path": "/v1/orders/o1/cancel", "headers": {"X-A": "1"}, "json": {}},
    "expect": {
        "status": 200,
        "json_contains": {"a": 1},
        "keys": {"": ["a"]},
        "absent": ["b"],
        "headers": {"X-B": None},
    },
}
AT_ONCE: dict[str, Any] = {
    "request": {"method": "POST", "path": "/x"},
    "times": 3,
    "expect_statuses": {"200": 1, "400": 2},
}
CASE: dict[str, Any] = {
    "id": "c-1",
    "title": "t",
    "basis": "documented",
    "source": "s",
    "steps": [STEP],
    "concurrent": AT_ONCE,
}
FILE: dict[str, Any] = {
    "vendor": "acme",
    "headers": {"Authorization": "Bearer x"},
    "world": {"orders": []},
    "cases": [CASE],
}


def changed(path, value):
    """The good file with one place changed; the value ... takes the member away."""
    document = copy.deepcopy(FILE)
    place: Any = document
    *way, last = path.split("/") if path else [""]
    for part in way:
        place = place[int(part) if part.isdigit() else part]
    if value is ...:
        del place[last]
    else:
        place[int(last) if last.isdigit() else last] = value
    return document


REQUEST = "cases/0/steps/0/request"
EXPECT = "cases/0/steps/0/expect"
SPEC = "cases/0/concurrent"

#: where the good file is changed, to what, and what is said
MISTAKES = [
    ("vendor", ..., "f.json: missing member: vendor"),
    ("world", ..., "f.json: missing member: world"),
    ("cases", ..., "f.json: missing member: cases"),
    ("extra", 1, "f.json: unknown member: extra"),
    ("vendor", "Acme", "f.json vendor: must be lower-case letters, digits, '_' and '-'"),
    ("vendor", "../x", "f.json vendor: must be lower-case"),
    ("vendor", 7, "f.json vendor: must be a string, not 7"),
    ("headers", [], "f.json headers: must be an object, not []"),
    ("headers/X", None, "f.json headers: there is nothing to remove yet"),
    ("headers/X", 1, "f.json headers X: must be a string, not 1"),
    ("headers/X", "a\r\nb", "f.json headers X: has characters a header can't carry"),
    ("headers/X", "☃", "f.json headers X: has characters a header can't carry"),
    ("headers/X Y", "a", "f.json headers: 'X Y' can't be the name of a header"),
    ("headers/authorization", "a", "f.json headers: authorization is there twice"),
    ("world", [], "f.json world: must be an object"),
    ("world", {"a": {"$type": "string"}}, "f.json world.a: only $repeat, alone, has a meaning"),
    ("world", {"a": {"$repeat": ["a", 1], "b": 1}}, "f.json world.a: only $repeat, alone"),
    ("world", {"a": {"$repeat": "a"}}, "f.json world.a.$repeat: must be [text, times]"),
    ("world", {"a": {"$repeat": [1, 2]}}, "f.json world.a.$repeat.0: must be a string, not 1"),
    ("world", {"a": {"$repeat": ["a", -1]}}, "f.json world.a.$repeat.1: must be a whole number, not -1"),
    ("world", {"a": {"$repeat": ["a", True]}}, "f.json world.a.$repeat.1: must be a whole number, not true"),
    ("cases", {}, "f.json cases: must be an array"),
    ("cases/0", "x", "f.json (a case without an id): must be an object"),
    ("cases/0/id", ..., "f.json (a case without an id): missing member: id"),
    ("cases/0/title", ..., "f.json c-1: missing member: title"),
    ("cases/0/basis", "guessed", "f.json c-1 basis: must be documented or inferred"),
    ("cases/0/source", None, "f.json c-1 source: must be a string, not null"),
    ("cases/0/note", "x", "f.json c-1: unknown member: note"),
    ("cases/0/world", [], "f.json c-1 world: must be an object"),
    ("cases/0/world", {"a": {"$len": 1}}, "f.json c-1 world.a: only $repeat"),
    ("cases/0/steps", {}, "f.json c-1 steps: must be an array"),
    ("cases/0/after", [1], "f.json c-1 after 1: must be an object, not 1"),
    ("cases/0/steps/0", {}, "f.json c-1 steps 1: missing member: request"),
    ("cases/0/steps/0/wait", 1, "f.json c-1 steps 1: unknown member: wait"),
    (f"{REQUEST}/method", "post", "f.json c-1 steps 1 request method: must be upper-case letters"),
    (f"{REQUEST}/path", ..., "f.json c-1 steps 1 request: missing member: path"),
    (f"{REQUEST}/path", "v1/x", "f.json c-1 steps 1 request path: must start with / or sandbox:/"),
    (
        f"{REQUEST}/path",
        "/a b",
        "f.json c-1 steps 1 request path: must start with / or sandbox:/ and be perc",
    ),
    (f"{REQUEST}/path", "/é", "f.json c-1 steps 1 request path: must"),
    (f"{REQUEST}/path", "other:/x", "f.json c-1 steps 1 request path: must"),
    (f"{REQUEST}/raw", "x", "f.json c-1 steps 1 request: json and raw exclude each other"),
    (f"{REQUEST}/headers/X-A", 1, "f.json c-1 steps 1 request headers X-A: must be a string, not 1"),
    (f"{REQUEST}/json", {"a": [{"$any": True}]}, "f.json c-1 steps 1 request json.a.0: only $repeat"),
    (f"{EXPECT}/stauts", 200, "f.json c-1 steps 1 expect: unknown member: stauts"),
    (f"{EXPECT}/status", "200", "f.json c-1 steps 1 expect status: must be a whole number"),
    (f"{EXPECT}/status", [], "f.json c-1 steps 1 expect status: names no status"),
    (f"{EXPECT}/status", [200, True], "f.json c-1 steps 1 expect status: must be a whole number, not true"),
    (f"{EXPECT}/json", {}, "f.json c-1 steps 1 expect: json and json_contains exclude each other"),
    (f"{EXPECT}/keys", {"a": "b"}, "f.json c-1 steps 1 expect keys 'a': must be an array"),
    (f"{EXPECT}/keys", {"a": [1]}, "f.json c-1 steps 1 expect keys 'a': must be a string, not 1"),
    (f"{EXPECT}/absent", "a", "f.json c-1 steps 1 expect absent: must be an array"),
    (f"{EXPECT}/absent", [0], "f.json c-1 steps 1 expect absent: must be a string, not 0"),
    (f"{EXPECT}/headers/X-B", 5, "f.json c-1 steps 1 expect headers X-B: must be a string, a matcher or null"),
    (f"{EXPECT}/headers/X-B", {"a": 1}, "f.json c-1 steps 1 expect headers X-B: must be a string, a matcher or null"),
    (f"{EXPECT}/headers/X-B", {"$re": 1}, "f.json c-1 steps 1 expect headers X-B: unknown member: $re"),
    (f"{SPEC}/times", ..., "f.json c-1 concurrent: missing member: times"),
    (f"{SPEC}/times", 0, "f.json c-1 concurrent times: must be at least 1"),
    (f"{SPEC}/times", 4, "f.json c-1 concurrent expect_statuses: must add up to 4"),
    (f"{SPEC}/expect_statuses", [], "f.json c-1 concurrent expect_statuses: names no way to add up"),
    (f"{SPEC}/expect_statuses", [{"200": 3}, {"200": 2}], "f.json c-1 concurrent expect_statuses: must add up to 3"),
    (f"{SPEC}/expect_statuses", {"200": "3"}, "f.json c-1 concurrent expect_statuses 200: must be a whole number"),
    (f"{SPEC}/request/method", "", "f.json c-1 concurrent request method: must be upper-case letters"),
]

#: a matcher that can't be one, and what is said
BAD_MATCHERS = [
    ({"$typo": 1}, ": unknown member: $typo"),
    ({"$type": "string", "other": 1}, ": unknown member: other"),
    ({"$type": "text"}, ".$type: unknown type 'text'; known are string, number"),
    ({"$type": "string|"}, ".$type: unknown type ''"),
    ({"$type": 1}, ".$type: must be a string"),
    ({"$regex": "("}, ".$regex: not a regular expression: missing )"),
    ({"$regex": None}, ".$regex: must be a string"),
    ({"$any": False}, ".$any: must be true"),
    ({"$timestamp": 1}, ".$timestamp: must be true"),
    ({"$len": -1}, ".$len: must be a whole number, not -1"),
    ({"$len": 1.0}, ".$len: must be a whole number, not 1.0"),
    ({"$count": "1"}, ".$count: must be a whole number"),
    ({"$any": True, "where": {}}, ": 'where' goes with $count only"),
    ({"$count": 1, "where": {"a": {"$len": "x"}}}, ".$count.where.a.$len: must be a whole number"),
    ({"$contains": {}}, ".$contains: must be an array"),
    ({"$contains": [1, {"$one": 1}]}, ".$contains.1: unknown member: $one"),
    ({"$one_of": "a"}, ".$one_of: must be an array"),
    ({"$same": 1}, ".$same: must be a string"),
]


def test_the_good_file_is_good():
    file = parse_file(FILE, "f.json")
    assert (file.vendor, [case.id for case in file.cases]) == ("acme", ["c-1"])


@pytest.mark.parametrize(("path", "value", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_place(path, value, said):
    with pytest.raises(FormatError) as caught:
        parse_file(changed(path, value), "f.json")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(("matcher", "said"), BAD_MATCHERS)
def test_a_matcher_that_cannot_be_one_is_told_with_its_place(matcher, said):
    with pytest.raises(FormatError) as caught:
        parse_file(changed(f"{EXPECT}/json_contains", {"deep": [matcher]}), "f.json")
    assert str(caught.value).startswith(f"f.json c-1 steps 1 expect json_contains.deep.0{said}")


def test_a_case_that_does_nothing_is_a_mistake():
    case = {name: value for name, value in CASE.items() if name not in ("steps", "concurrent")}
    with pytest.raises(FormatError, match="c-1: has neither steps nor concurrent"):
        parse_file({**FILE, "cases": [case]}, "f.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting value"),
        ('{"a": 1, "b": 2, "a": 3}', "given twice in one object: a"),
        ('{"vendor": "acme", "world": {"x": {"y": 1, "y": 1}}, "cases": []}', "given twice in one object: y"),
        ('{"vendor": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "must be an object"),
    ],
)
def test_a_text_that_is_no_case_file_is_told_with_its_name(tmp_path, text, said):
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_is_told_with_its_name(tmp_path):
    (tmp_path / "latin.json").write_bytes(b'{"vendor": "\xe9"}')
    for name in ("missing.json", "latin.json", "."):
        with pytest.raises(FormatError) as caught:
            load(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)


def test_an_id_stands_once_in_all_files(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(FILE), encoding="utf-8")
    with pytest.raises(FormatError, match="ids used twice: c-1"):
        load_all([tmp_path / "a.json", tmp_path / "b.json"])


def test_worlds_are_merged_member_by_member_null_removes_and_repeats_are_expanded():
    world = {"clock": "c", "accounts": [1], "orders": [{"id": {"$repeat": ["ab", 2]}}], "gone": 1, "kept_null": None}
    own = {"orders": [{"note": {"$repeat": ["é", 3]}}], "gone": None, "new": {"x": None}, "never_there": None}
    document = {**FILE, "world": world, "cases": [CASE, {**CASE, "id": "c-2", "world": own}]}
    first, second = parse_file(document, "f.json").cases
    assert first.world == {**world, "orders": [{"id": "abab"}]}
    assert second.world == {
        "clock": "c",
        "accounts": [1],
        "orders": [{"note": "ééé"}],
        "kept_null": None,
        "new": {"x": None},
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, None),
        ({"json": None}, b"null"),
        ({"json": {}}, b"{}"),
        ({"json": {"reason": {"$repeat": ["ž", 3]}}}, '{"reason": "žžž"}'.encode()),
        ({"json": "\ud800"}, rb'"\ud800"'),
        ({"raw": ""}, b""),
        ({"raw": "{not json ☃"}, "{not json ☃".encode()),
        ({"raw": {"$repeat": ["[", 4]}}, b"[[[["),
    ],
)
def test_a_body_goes_out_as_written(given, sent):
    request = {"method": "POST", "path": "/x", **given}
    file = parse_file(changed("cases/0/steps/0/request", request), "f.json")
    assert file.cases[0].steps[0].request.body == sent


@pytest.mark.parametrize("raw", [1, ["a"], {"$repeat": ["a", 1], "x": 1}, {"a": "b"}, "\ud800"])
def test_raw_is_text(raw):
    with pytest.raises(FormatError, match="steps 1 request raw"):
        parse_file(changed("cases/0/steps/0/request", {"method": "POST", "path": "/x", "raw": raw}), "f.json")


@pytest.mark.parametrize("place", ["steps", "concurrent", "after"])
def test_a_case_that_asks_the_sandbox_anywhere_needs_one(place):
    request = {"method": "GET", "path": "sandbox:/acme/effects"}
    part = (
        {"request": request, "times": 1, "expect_statuses": {"200": 1}}
        if place == "concurrent"
        else [{"request": request}]
    )
    case = {**CASE, place: part}
    assert parse_file({**FILE, "cases": [case]}, "f.json").cases[0].needs_sandbox
    assert not parse_file(FILE, "f.json").cases[0].needs_sandbox


def test_names_are_replaced_where_they_stand_as_words_and_only_in_calls(tmp_path):
    step = {"request": {"method": "GET", "path": "/v1/o1/x?o=o1&b=o11", "json": {"o1": ["o1", "o1-a", "no1"]}}}
    document = {**FILE, "world": {"orders": ["o1"]}, "cases": [{**CASE, "title": "o1", "steps": [step]}]}
    path = tmp_path / "f.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    case = load(path, {"o1": "ORD-7", "o1-a": "ORD-8"}).cases[0]
    assert case.steps[0].request.path == "/v1/ORD-7/x?o=ORD-7&b=o11"
    assert case.steps[0].request.body == b'{"o1": ["ORD-7", "ORD-8", "no1"]}'
    assert (case.title, case.world) == ("o1", {"orders": ["o1"]})


def test_the_cases_of_this_project_are_well_formed():
    files = load_all(sorted(Path(__file__).parent.glob("cases/*.json")))
    assert sum(len(file.cases) for file in files) > 50

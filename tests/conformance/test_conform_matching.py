"""The matchers: what fits, what does not, and where a difference is said to be."""

from __future__ import annotations

import itertools
import json
import re

import pytest
from hypothesis import given, settings, strategies as st

from countermand.cli.conform.jsonvalues import ABSENT, decode, equal, lookup, show, type_name
from countermand.cli.conform.matching import Place, differences, fits, unplaceable
from countermand.cli.conform.patterns import TYPE_NAMES, parse


def fit(expected, actual, *, exact=True):
    return fits(parse(expected, "test"), actual, at=Place(body=actual, path="", is_exact=exact))


def paths(expected, actual, *, exact=True):
    return [
        found.path
        for found in differences(parse(expected, "test"), actual, at=Place(body=actual, path="$", is_exact=exact))
    ]


#: matcher, values that fit, values that do not
TABLE = [
    ({"$type": "string"}, ["", "a"], [1, None, [], {}, True]),
    ({"$type": "number"}, [0, 1.5, 24.0, -3], ["1", True, None]),
    ({"$type": "integer"}, [0, -7], [1.0, 1.5, True, "1"]),
    ({"$type": "boolean"}, [True, False], [0, 1, "true", None]),
    ({"$type": "array"}, [[], [1]], [{}, "[]"]),
    ({"$type": "object"}, [{}, {"a": 1}], [[], None]),
    ({"$type": "null"}, [None], [False, 0, "", []]),
    ({"$type": "string|null"}, ["", None], [0, False]),
    ({"$regex": "^CANCELLED_"}, ["CANCELLED_NOT_PAID"], ["XCANCELLED_", "CANCELLED", None, 1]),
    ({"$regex": "b"}, ["abc"], ["ac", ["b"]]),
    ({"$any": True}, [None, 0, "", [], {}], []),
    (
        {"$timestamp": True},
        [
            "2025-01-20T12:00:00Z",
            "2025-01-20t12:00:00z",
            "2025-01-20T12:00:00.123456789+01:00",
            "2024-02-29T23:59:59-00:00",
        ],
        [
            "2025-01-20T12:00:00",
            "2025-01-20 12:00:00Z",
            "2025-02-29T12:00:00Z",
            "2025-01-20T24:00:00Z",
            "2025-01-20T12:00:00.Z",
            "2025-01-20T12:00:00Z\n",
            "2025-01-20T12:00:00+0100",
            "2025-01-20",
            1737374400,
            None,
        ],
    ),
    ({"$len": 3}, ["abc", "žšč", [1, 2, 3], {"a": 1, "b": 2, "c": 3}], ["ab", [], 3, None]),
    ({"$len": 0}, ["", [], {}], [0, None, " "]),
    ({"$contains": [1, 2]}, [[2, 1], [1, 2, 3]], [[1], [1, 1], [], {"a": 1}, "12"]),
    ({"$contains": [1, 1]}, [[1, 1]], [[1], [1, 2]]),
    ({"$contains": []}, [[], [1]], [{}, None]),
    ({"$contains": [{"a": 1}]}, [[{"a": 1, "b": 2}]], [[{"b": 2}], [[1]]]),
    ({"$count": 1, "where": {"a": 1}}, [[{"a": 1, "b": 1}, {"a": 2}]], [[], [{"a": 1}, {"a": 1}], {"a": 1}]),
    ({"$count": 0, "where": {"a": {"$type": "null"}}}, [[], [{}], [{"a": 1}]], [[{"a": None}]]),
    ({"$count": 2}, [[1, None]], [[1], 2]),
    ({"$one_of": [1, None, {"$type": "string"}]}, [1, None, "x"], [2, True, []]),
    ({"$one_of": []}, [], [None, 1]),
    ({"$type": "string", "$len": 2}, ["ab"], ["a", [1, 2]]),
    ({"$contains": [1], "$len": 2}, [[1, 2]], [[1], [2, 3]]),
]


@pytest.mark.parametrize(("matcher", "good", "bad"), TABLE, ids=[json.dumps(row[0]) for row in TABLE])
def test_a_matcher_fits_these_and_not_those(matcher, good, bad):
    assert [value for value in good if not fit(matcher, value)] == []
    assert [value for value in bad if fit(matcher, value)] == []


@pytest.mark.parametrize("matcher", [row[0] for row in TABLE], ids=json.dumps)
def test_no_matcher_fits_a_missing_member(matcher):
    assert paths({"here": matcher}, {}) == ["$.here"]
    assert paths({"here": matcher}, {}, exact=False) == ["$.here"]


@pytest.mark.parametrize(
    ("expected", "actual", "exact", "where"),
    [
        ({"a": 1}, {"a": 1}, True, []),
        ({"a": 24}, {"a": 24.0}, True, []),
        ({"a": 1}, {"a": True}, True, ["$.a"]),
        ({"a": 0}, {"a": False}, False, ["$.a"]),
        ({"a": 1}, {"a": "1"}, True, ["$.a"]),
        ({"a": None}, {}, True, ["$.a"]),
        ({"a": None}, {"a": None}, True, []),
        ({}, {"a": 1, "b": 2}, True, ["$.a", "$.b"]),
        ({}, {"a": 1}, False, []),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True, ["$.a.c"]),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, False, []),
        ([{"b": 1}], [{"b": 1, "c": 2}], False, []),
        ([1, 2], [1, 2, 3], False, ["$"]),
        ([1, 2], [2, 1], False, ["$.0", "$.1"]),
        ([], [], True, []),
        ({"a": []}, {"a": {}}, True, ["$.a"]),
        ({"a": {}}, {"a": []}, True, ["$.a"]),
        ({"a": {}}, {"a": None}, False, ["$.a"]),
        ("x", "x", True, []),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, True, []),
    ],
)
def test_exact_and_containing_bodies_differ_only_in_further_members(expected, actual, exact, where):
    assert paths(expected, actual, exact=exact) == where


def test_contains_and_where_tolerate_further_members_below_an_exact_body_but_one_of_does_not():
    body = {"rows": [{"id": 1, "more": True}]}
    assert paths({"rows": {"$contains": [{"id": 1}]}}, body) == []
    assert paths({"rows": {"$count": 1, "where": {"id": 1}}}, body) == []
    assert paths({"rows": {"$one_of": [[{"id": 1}]]}}, body) == ["$.rows"]
    assert paths({"rows": {"$one_of": [[{"id": 1}]]}}, body, exact=False) == []


def test_same_compares_with_another_place_of_the_whole_body_even_from_inside_an_array():
    body = {"at": "noon", "data": {"rows": [{"at": "noon"}, {"at": "dusk"}]}}
    assert paths({"data": {"rows": [{"at": {"$same": "at"}}, {"at": {"$same": "at"}}]}}, body, exact=False) == [
        "$.data.rows.1.at"
    ]
    assert paths({"at": {"$same": "data.rows.0.at"}}, body, exact=False) == []
    assert paths({"at": {"$same": "data.rows.2.at"}}, body, exact=False) == ["$.at"]
    assert paths({"data": {"rows": {"$contains": [{"at": {"$same": "data.rows.1.at"}}]}}}, body, exact=False) == []


def test_contains_moves_elements_over_until_all_have_one():
    wanted = [{"$any": True}, {"$type": "integer"}, 1]
    for order in itertools.permutations([1, 2, "x"]):
        assert fit({"$contains": wanted}, list(order))
    assert not fit({"$contains": [{"$any": True}, 1, 1]}, [1, "x", "y"])


@given(st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=5))
def test_a_placement_is_found_exactly_when_trying_all_of_them_finds_one(choices):
    possible = any(len(set(pick)) == len(pick) for pick in itertools.product(*choices))
    assert (unplaceable(choices) is None) == possible


def test_a_difference_says_what_was_expected_and_what_came():
    def first(expected, actual):
        found = next(differences(parse(expected, "test"), actual, at=Place(body=actual, path="$", is_exact=True)))
        return found.path, found.expected, found.got

    assert first({"a": {"b": "x"}}, {"a": {"b": "y"}}) == ("$.a.b", '"x"', '"y"')
    assert first({"a": 1}, {}) == ("$.a", "1", "(absent)")
    assert first({"a": {"$type": "string|null"}}, {"a": 5}) == ("$.a", "type string|null", "integer 5")
    assert first({"$len": 2}, [1]) == ("$", "a length of 2", "1: [1]")
    assert first([1], [1, 2]) == ("$", "an array of 1", "2: [1,2]")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 0.5, -0.0]) | st.text("ab1", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def naive_text(value):
    """A canonical text, so that equality is that of texts: numbers by value, members sorted."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return f"n{float(value) + 0.0}"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return "[" + ",".join(map(naive_text, value)) + "]"
    return "{" + ",".join(sorted(json.dumps(name) + naive_text(member) for name, member in value.items())) + "}"


def naive_contains(expected, actual):
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and naive_contains(expected[name], actual[name]) for name in expected
        )
    if isinstance(expected, list):
        same_length = isinstance(actual, list) and len(expected) == len(actual)
        return same_length and all(naive_contains(*pair) for pair in zip(expected, actual, strict=True))
    return naive_text(expected) == naive_text(actual)


@given(JSON, JSON)
def test_equality_agrees_with_a_naive_reading(left, right):
    assert equal(left, right) == (naive_text(left) == naive_text(right))
    assert fit(left, right) == (naive_text(left) == naive_text(right))
    assert equal(left, json.loads(json.dumps(left)))


@given(JSON, JSON)
def test_containment_agrees_with_a_naive_reading(expected, actual):
    assert fit(expected, actual, exact=False) == naive_contains(expected, actual)


@given(JSON, st.sets(st.sampled_from(TYPE_NAMES), min_size=1))
def test_types_agree_with_a_naive_reading(value, names):
    first = json.dumps(value)[0]
    naive = {'"': "string", "[": "array", "{": "object", "t": "boolean", "f": "boolean", "n": "null"}
    mine = {naive[first]} if first in naive else {"number"} if "." in json.dumps(value) else {"number", "integer"}
    assert fit({"$type": "|".join(sorted(names))}, value) == bool(mine & names)


@given(JSON, st.integers(0, 3))
def test_lengths_counts_and_alternatives_agree_with_a_naive_reading(value, number):
    assert fit({"$len": number}, value) == (isinstance(value, str | list | dict) and len(value) == number)
    assert fit({"$count": number}, value) == (isinstance(value, list) and len(value) == number)
    assert fit({"$one_of": [number, value]}, value)
    assert fit({"$one_of": [number]}, value) == fit(number, value)


@settings(max_examples=200)
@given(st.text("ab01\n", max_size=5), st.sampled_from(["a", "^a", "b$", "^$", "[01]+", "a|b"]))
def test_an_expression_is_looked_for_anywhere(text, expression):
    assert fit({"$regex": expression}, text) == (re.search(expression, text) is not None)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", {"a": [{"b": None}], "0": "zero"}),
        ("$", {"a": [{"b": None}], "0": "zero"}),
        ("a.0.b", None),
        ("a.1", ABSENT),
        ("a.-1", ABSENT),
        ("a.b", ABSENT),
        ("0", "zero"),
        ("a.0.b.c", ABSENT),
    ],
)
def test_a_path_leads_there_or_nowhere(path, found):
    assert lookup({"a": [{"b": None}], "0": "zero"}, path) == found


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b"[Infinity]", b"\xff", b"\xef\xbb\xbf{}", b"[" * 100_000])
def test_what_is_not_json_is_a_value_error(body):
    with pytest.raises(ValueError, match=r"Expecting|is not JSON|can't decode|BOM|too deeply"):
        decode(body)


def test_a_member_given_twice_in_an_answer_counts_as_the_last():
    assert decode(b'{"a":1,"a":2}') == {"a": 2}


def test_a_number_is_an_integer_when_it_is_written_without_a_fraction():
    assert [type_name(decode(text)) for text in (b"24", b"24.0", b"24e0")] == ["integer", "number", "number"]


def test_a_long_value_is_cut_and_says_how_long_it_was():
    assert show("x" * 1000).endswith("... (1002 characters)")
    assert len(show("x" * 1000)) < 330

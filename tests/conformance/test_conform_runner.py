"""The runner against a small real server: what goes over the wire, and what is made of the answers."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from countermand.cli.conform.casefile import parse_file
from countermand.cli.conform.reading import FormatError
from countermand.cli.conform.runner import merge_headers, run_case
from countermand.cli.conform.wire import aim
from tests.conformance.stub import Reply, reply


def run(url, *steps, has_sandbox=True, headers=None, timeout_s=5.0, **case):
    whole = {"id": "c-1", "title": "t", "basis": "inferred", "source": "s", "steps": list(steps), **case}
    document: dict[str, Any] = {
        "vendor": "acme",
        "headers": {"Authorization": "Bearer x", "tenant_id": "t-1"},
        "world": {"clock": "2025-01-20T12:00:00Z", "orders": [1], "extra": True},
        "cases": [whole],
    }
    file = parse_file(document, "f.json")
    target = aim(url, has_sandbox=has_sandbox, headers=headers or {}, timeout_s=timeout_s)
    return run_case(file.cases[0], file=file, target=target)


def call(method="POST", path="/x", expect=None, **request):
    return {"request": {"method": method, "path": path, **request}, "expect": expect or {}}


def at_once(times, *alternatives, path="/x"):
    return {"request": {"method": "POST", "path": path}, "times": times, "expect_statuses": list(alternatives)}


def found(failure):
    assert failure is not None
    return failure.step, failure.difference.path, failure.difference.expected, failure.difference.got, failure.more


def test_a_world_is_put_first_and_must_be_taken_with_204(stub):
    assert run(stub.url, call(), world={"orders": None, "extra": [2]}) is None
    put = stub.seen[0]
    assert (put.method, put.path) == ("PUT", "/sandbox/acme/world")
    assert put.header("Content-Type") == "application/json"
    assert put.header("Authorization") is None
    assert stub.worlds == [{"clock": "2025-01-20T12:00:00Z", "extra": [2]}]


def test_a_world_that_is_not_taken_fails_the_case_before_its_steps(stub):
    stub.takes_worlds = 200
    failure = run(stub.url, call())
    assert found(failure) == ("world PUT sandbox:/acme/world", "status", "204", "200", 0)
    assert stub.calls == []


def test_headers_keep_their_spelling_and_are_merged_without_regard_to_case(stub):
    run(stub.url, call(headers={"AUTHORIZATION": "y", "X_Under": "1"}), call(headers={"Tenant_ID": None}))
    first, second = stub.calls
    assert [name for name, _ in first.headers if name.lower() == "authorization"] == ["AUTHORIZATION"]
    assert (first.header("AUTHORIZATION"), first.header("X_Under"), first.header("tenant_id")) == ("y", "1", "t-1")
    assert second.header("tenant_id") is None
    assert second.header("Authorization") == "Bearer x"


@pytest.mark.parametrize(
    ("request_", "content_type", "length", "body"),
    [
        ({"method": "POST"}, None, "0", b""),
        ({"method": "GET"}, None, None, b""),
        ({"method": "GET", "json": {"a": 1}}, "application/json", "8", b'{"a": 1}'),
        ({"method": "POST", "json": None}, "application/json", "4", b"null"),
        ({"method": "POST", "raw": "é{"}, "application/json", "3", "é{".encode()),
        ({"method": "POST", "raw": ""}, "application/json", "0", b""),
        ({"method": "POST", "raw": "x", "headers": {"content-type": "text/plain"}}, "text/plain", "1", b"x"),
        ({"method": "POST", "raw": "x", "headers": {"Content-Type": None}}, None, "1", b"x"),
        ({"method": "POST", "headers": {"Content-Type": "application/json"}}, "application/json", "0", b""),
    ],
)
def test_a_body_has_a_content_type_and_no_body_has_none(stub, request_, content_type, length, body):
    run(stub.url, call(**request_))
    (seen,) = stub.calls
    given = {name.lower(): value for name, value in seen.headers}
    assert (given.get("content-type"), given.get("content-length"), seen.body) == (content_type, length, body)


def test_paths_stay_as_they_are_encoded_and_the_base_may_have_a_path(stub):
    run(f"{stub.url}/pre/fix/", call(path="/a%2Fb//c?x=%20&y"), call(method="GET", path="sandbox:/acme/effects"))
    assert [seen.path for seen in stub.calls] == ["/pre/fix/acme/a%2Fb//c?x=%20&y", "/pre/fix/sandbox/acme/effects"]
    assert stub.calls[1].header("Authorization") is None


def test_a_vendors_own_api_gets_no_world_and_no_mount_and_the_users_headers(stub):
    headers = {"authorization": "Bearer mine", "tenant_id": None, "X-Extra": "1"}
    run(f"{stub.url}/api", call(), call(headers={"Authorization": "bad"}), has_sandbox=False, headers=headers)
    first, second = stub.seen
    assert (first.path, first.header("authorization"), first.header("tenant_id")) == ("/api/x", "Bearer mine", None)
    assert (first.header("X-Extra"), second.header("Authorization"), second.header("authorization")) == (
        "1",
        "bad",
        None,
    )


@pytest.mark.parametrize(
    ("expect", "difference"),
    [
        ({"status": 200}, None),
        ({"status": [404, 200]}, None),
        ({"status": 404}, ("status", "404", '200 {"a": {"b": [1, null]}, "c": "x"}', 0)),
        ({"status": [400, 404]}, ("status", "400 or 404", '200 {"a": {"b": [1, null]}, "c": "x"}', 0)),
        ({"json": {"c": "x", "a": {"b": [1.0, None]}}}, None),
        ({"json": {"c": "x"}}, ("$.a", "(absent)", '{"b":[1,null]}', 0)),
        ({"json_contains": {"c": {"$len": 1}}}, None),
        ({"json_contains": {"c": "y", "d": 1}}, ("$.c", '"y"', '"x"', 1)),
        ({"keys": {"": ["c", "a"], "a": ["b"]}}, None),
        ({"keys": {"a": []}}, ("$.a", "keys ", "keys b", 0)),
        ({"keys": {"c": ["x"]}}, ("$.c", "an object", '"x"', 0)),
        ({"keys": {"nope": []}}, ("$.nope", "an object", "(absent)", 0)),
        ({"absent": ["d", "a.b.2", "c.x"]}, None),
        ({"absent": ["a.b.1"]}, ("$.a.b.1", "(absent)", "null", 0)),
        ({"headers": {"x-one": "1", "X-Two": {"$regex": "^2$"}, "X-None": None}}, None),
        ({"headers": {"X-One": "2"}}, ("header X-One", '"2"', '"1"', 0)),
        ({"headers": {"X-One": None}}, ("header X-One", "(absent)", '"1"', 0)),
        ({"headers": {"X-None": {"$any": True}}}, ("header X-None", '{"$any":true}', "(absent)", 0)),
        ({"headers": {"X-Many": "a, b"}}, None),
        ({}, None),
    ],
)
def test_an_expectation_holds_or_says_where_it_does_not(stub, expect, difference):
    headers = (("X-One", "1"), ("X-Two", "2"), ("X-Many", "a"), ("X-Many", "b"))
    stub.answer = lambda _: Reply(200, b'{"a": {"b": [1, null]}, "c": "x"}', headers)
    failure = run(stub.url, call(expect=expect))
    assert (failure and found(failure)) == (difference and ("step 1 POST /x", *difference))


@pytest.mark.parametrize("expect", [{"json": {}}, {"json_contains": {}}, {"keys": {}}, {"absent": []}])
def test_an_expectation_of_the_body_needs_json(stub, expect):
    stub.answer = lambda _: Reply(200, b"<html>")
    assert found(run(stub.url, call(expect=expect))) == ("step 1 POST /x", "body", "JSON", "b'<html>'", 0)
    stub.answer = lambda _: Reply(200, b"[" * 900 + b"]" * 900)
    assert run(stub.url, call(expect={"absent": ["a"]})) is None


def test_a_case_ends_at_the_first_step_that_fails(stub):
    stub.answer = lambda seen: reply({}, 500 if seen.path.endswith("/b") else 200)
    steps = [call(path=path, expect={"status": 200}) for path in ("/a", "/b", "/c")]
    failure = run(stub.url, *steps, after=[call(path="/d")])
    assert found(failure)[:2] == ("step 2 POST /b", "status")
    assert [seen.path for seen in stub.calls] == ["/acme/a", "/acme/b"]


def test_concurrent_requests_are_under_way_together_and_after_comes_after(stub):
    together = threading.Barrier(8)
    won = iter([200])

    def answer(seen):
        if seen.method == "GET":
            return reply({})
        together.wait(5)
        return reply({}, next(won, 400))

    stub.answer = answer
    spec = at_once(8, {"200": 8}, {"200": 1, "400": 7, "500": 0})
    assert run(stub.url, call("GET", "/before"), concurrent=spec, after=[call("GET", "/after")]) is None
    assert [stub.calls[0].path, stub.calls[-1].path, len(stub.calls)] == ["/acme/before", "/acme/after", 10]


def test_answers_that_add_up_otherwise_fail_the_case(stub):
    failure = run(stub.url, concurrent=at_once(3, {"200": 1, "400": 2}, {"200": 2, "409": 1}), after=[call(expect={})])
    assert found(failure) == (
        "concurrent POST /x",
        "statuses",
        '{"200":1,"400":2} or {"200":2,"409":1}',
        '{"200":3}',
        0,
    )
    assert len(stub.calls) == 3


def test_an_answer_that_breaks_off_fails_the_case_and_ends_nothing(stub):
    stub.answer = lambda _: None
    step, path, expected, got, _ = found(run(stub.url, call()))
    assert (step, path, expected) == ("step 1 POST /x", "response", "an answer")
    assert got.startswith("RemoteDisconnected")
    assert "RemoteDisconnected" in found(run(stub.url, concurrent=at_once(2, {"200": 2})))[3]


def test_an_answer_that_does_not_come_in_time_fails_the_case(stub):
    let_go = threading.Event()

    def answer(_):
        let_go.wait(5)
        return Reply()

    stub.answer = answer
    failure = run(stub.url, call(), timeout_s=0.1)
    let_go.set()
    assert found(failure)[3].startswith("TimeoutError")


def test_nobody_listening_fails_the_case():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure = run(f"http://127.0.0.1:{unused.getsockname()[1]}", call())
    assert found(failure)[:2] == ("world PUT sandbox:/acme/world", "response")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:80",
        "ftp://x",
        "http://",
        "http://h:99999",
        "http://u:p@h",
        "http://h/?q=1",
        "http://h/#f",
        "http://[",
        f"http://{'x' * 70}",
    ],
)
def test_a_url_that_names_no_server_is_a_mistake(url):
    with pytest.raises(FormatError):
        aim(url, has_sandbox=True, headers={}, timeout_s=1)


def test_merging_leaves_both_sides_as_they_were():
    under, over = {"A": "1", "b": "2"}, {"a": "3", "B": None, "C": "4", "d": None}
    assert merge_headers(under, over) == {"a": "3", "C": "4"}
    assert (under, over) == ({"A": "1", "b": "2"}, {"a": "3", "B": None, "C": "4", "d": None})

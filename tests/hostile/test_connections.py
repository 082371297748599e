"""What no library sends: bodies that break off, requests in a row, heads without end, half a connection."""

import json
import threading
import time
from collections.abc import Iterator

import pytest

from countermand.api.connection import HEAD_BYTES_MAX
from tests.hostile.client import Wire, put_world, request
from tests.hostile.conftest import Victim
from tests.hostile.ground import ground
from tests.process import Answer

HELD = ground("fastpod")
CANCEL = f"/fastpod/v1/orders/{HELD.known}/cancel"
GET = f"/fastpod/v1/orders/{HELD.known}"
CHUNKED = {**HELD.headers, "Transfer-Encoding": "chunked", "Content-Type": "application/json"}
REQUEST_ID_CHARACTERS = 36
ALIVE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def wire(victim: Victim) -> Iterator[Wire]:
    with victim.wire() as found:
        put_world(found, "fastpod", HELD.world)
        yield found


def _status(victim: Victim) -> str:
    with victim.wire() as fresh:
        return str(_order(fresh.ask(request("GET", GET, HELD.headers)))["order_status"])


def _order(answer: Answer | None) -> dict[str, object]:
    assert answer is not None
    assert answer.status == 200, answer
    return dict(json.loads(answer.body))


def test_the_request_as_it_should_be_cancels(victim: Victim, wire: Wire):
    assert wire.ask(request("POST", CANCEL, HELD.headers)).status == 200
    assert _status(victim) == "cancelled"


@pytest.mark.parametrize("sent", [b"", b"{}", b"{}  "])
def test_a_body_that_breaks_off_is_no_request(victim: Victim, sent: bytes):
    """What came of it would have been a good body: whoever hung up may have meant something else."""
    with victim.wire() as wire:
        put_world(wire, "fastpod", HELD.world)
        wire.send(request("POST", CANCEL, {**HELD.headers, "Content-Length": "100"}) + sent)
        time.sleep(0.05)
        wire.hang_up()
        assert wire.answer() is None
    assert _status(victim) == "new_order"


def test_a_body_that_turns_out_to_be_no_http_is_refused_and_not_acted_upon(victim: Victim, wire: Wire):
    wire.send(request("POST", CANCEL, CHUNKED) + b"2\r\n{}\r\n")
    time.sleep(0.05)
    wire.send(b"ZZ\r\n\r\n")
    told = wire.answer()
    assert told is not None
    assert told.status == 400, told
    assert len(told.headers["request-id"]) == REQUEST_ID_CHARACTERS
    assert _status(victim) == "new_order"


def test_a_caller_who_hung_up_one_way_still_gets_the_answer(wire: Wire):
    wire.send(request("POST", CANCEL, HELD.headers))
    wire.hang_up()
    told = wire.answer()
    assert told is not None
    assert told.status == 200, told
    assert wire.answer() is None, "and then the connection ends"


def test_requests_in_a_row_are_answered_in_a_row(wire: Wire):
    wire.send(request("GET", GET, HELD.headers) + request("POST", CANCEL, HELD.headers) * 2 + ALIVE)
    told = [wire.answer() for _ in range(4)]
    assert [one.status for one in told if one] == [200, 200, 422, 200]
    assert _order(told[0])["order_status"] == "new_order"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", GET, b""),
        ("HEAD", GET, b""),
        ("GET", f"{GET}?x=%F0%9F%93%A6&x=1&y", b""),
        ("GET", "/fastpod/v1/nowhere", b""),
        ("PATCH", GET, b""),
        ("DELETE", GET, b""),
        ("POST", "/fastpod/v1/orders", b'{"reference_id": '),
        ("POST", "/fastpod/v1/orders", b"[1, 2]"),
        ("POST", CANCEL.replace("cancel", "c%00ncel"), b"{}"),
        ("GET", "/fastpod", b""),
        ("GET", "/v1/orders", b""),
    ],
)
def test_both_ways_into_the_house_give_the_same_answer(wire: Wire, method: str, path: str, body: bytes):
    """An ordinary request is read whole; a chunked one goes through ASGI. The caller can't tell."""
    length = {"Content-Length": str(len(body))} if body else {}
    pieces = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
    ordinary = _told(wire, method, request(method, path, {**HELD.headers, **length}) + body)
    chunked = _told(wire, method, request(method, path, CHUNKED) + pieces + b"0\r\n\r\n")
    assert ordinary == chunked


def _told(wire: Wire, method: str, message: bytes) -> tuple[int, dict[str, str], bytes]:
    wire.send(message)
    told = wire.answer(bodyless=method == "HEAD")
    assert told is not None
    unique = {"request-id", "date", "x-ratelimit-remaining"}
    body = told.body.replace(told.headers.get("request-id", "-").encode(), b"?")
    return told.status, {name: value for name, value in told.headers.items() if name not in unique}, body


def test_a_caller_who_wants_to_go_is_let_go(wire: Wire):
    wire.send(request("GET", GET, {**HELD.headers, "Connection": "close"}))
    told = wire.answer()
    assert told is not None
    assert (told.status, told.headers["connection"]) == (200, "close")
    assert wire.answer() is None


def test_garbage_behind_a_good_request_does_not_take_its_answer(wire: Wire):
    wire.send(request("POST", CANCEL, HELD.headers) + b"\x16\x03\x01 garbage\r\n\r\n")
    told = wire.answer()
    assert told is not None
    assert told.status == 200, "it was done, so it must not be told 400"


def test_a_body_in_the_smallest_pieces_is_a_body(wire: Wire):
    wire.send(request("POST", CANCEL, CHUNKED))
    for piece in (b"1", b"\r", b"\n{", b"\r\n", b"1;ext=1\r\n}\r\n", b"0\r\n", b"Trailer: x\r\n", b"\r\n"):
        wire.send(piece)
        time.sleep(0.01)
    told = wire.answer()
    assert told is not None
    assert told.status == 200, told


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"X: " + b"a" * (HEAD_BYTES_MAX - 1_000) + b"\r\n", 200),
        (b"X: " + b"a" * HEAD_BYTES_MAX + b"\r\n", 431),
        (b"".join(b"X%d: y\r\n" % n for n in range(HEAD_BYTES_MAX // 5)), 431),
        (b"X: " + b"a" * 30_000_000, 431),
        (b"X: a\x00b\r\n", 400),
        (b"no colon\r\n", 400),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length: 1\r\nContent-Length: 2\r\n", 400),
        (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Upgrade: websocket\r\nConnection: upgrade\r\n", 200),
    ],
    ids=lambda x: x[:12] if isinstance(x, bytes) else x,
)
def test_a_head_has_an_end(victim: Victim, head: bytes, status: int):
    with victim.wire() as wire:
        try:
            wire.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
        except ConnectionError:
            assert status == 431, "hung up while we were still talking"
        try:
            told = wire.answer()
        except ConnectionError:
            assert status == 431
            return
    assert told is not None
    assert told.status == status, told
    assert "json" in told.headers["content-type"]
    assert len(told.headers["request-id"]) == REQUEST_ID_CHARACTERS
    if status >= 400:
        assert json.loads(told.body)["request_id"] == told.headers["request-id"]


@pytest.mark.parametrize(
    "line",
    [
        b"GET /a\x00b HTTP/1.1", b"GET /a\xffb HTTP/1.1", b"BREW / HTTP/1.1", b"GET", b"\x16\x03\x01\x02", b"GET / HTTP/9.9",
        b"GET http:// HTTP/1.1", b"CONNECT x:80 HTTP/1.1",
    ],
)  # fmt: skip
def test_what_is_no_http_is_told_so(victim: Victim, line: bytes):
    with victim.wire() as wire:
        wire.send(line + b"\r\nHost: x\r\n\r\n")
        told = wire.answer()
    assert told is not None
    assert 400 <= told.status < 500, told
    assert len(told.headers["request-id"]) == REQUEST_ID_CHARACTERS


@pytest.mark.parametrize("host", ["", "[::1", "a b", "x:99999999", "x/../y?z#", "\xff\xfe", "a,b", "x" * 5_000])
@pytest.mark.parametrize("path", ["/openapi.json", "/fastpod/openapi.json", GET, "/nothing", "/sandbox/x/effects"])
def test_a_host_of_any_name_is_no_bug(victim: Victim, host: str, path: str):
    with victim.wire() as wire:
        assert wire.ask(request("GET", path, {**HELD.headers, "Host": host})).status < 500


def test_a_head_request_is_safe_even_where_a_get_is_not(victim: Victim):
    held = ground("frontpayment")
    path = f"/frontpayment/api/v1/connect/reservations/cancel/{held.known}"
    with victim.wire() as wire:
        put_world(wire, "frontpayment", held.world)
        before = victim.rows.digest()
        told = wire.ask(request("HEAD", path, held.headers, b'{"note":"n"}'))
        assert told.status == 405, told
        assert told.headers["allow"] == "GET, POST"
        assert victim.rows.digest() == before


@pytest.mark.serial
def test_slow_callers_keep_nobody_waiting(victim: Victim):
    """Many who send a byte now and then; everybody else is served, and they can go when the server goes."""
    slow = [victim.wire() for _ in range(200)]
    for at, one in enumerate(slow):
        one.send(request("POST", CANCEL, {**HELD.headers, "Content-Length": "100"})[: 40 + at])
    done = threading.Event()

    def drip() -> None:
        while not done.wait(0.05):
            for one in slow:
                one.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with victim.wire() as wire:
            put_world(wire, "fastpod", HELD.world)
            assert wire.ask(request("POST", CANCEL, HELD.headers)).status == 200
    finally:
        done.set()
        dripping.join()
        for one in slow:
            one.__exit__(None, None, None)

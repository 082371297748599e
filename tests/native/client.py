"""A caller of the native API over a real socket. Every answer is held to the OpenAPI document that the server serves."""

import http.client
import itertools
import json
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

KEYS = itertools.count()
#: Two keys of one tenant: who asks and who agrees.
TWO_KEYS = [{"token": token, "tenant": "t1", "_tenant": "t1"} for token in ("k1", "k2")]
CLOCK = "2026-03-01T12:00:00Z"


class Answer:
    """Status, headers by lower-case name, and the decoded body."""

    def __init__(self, status: int, headers: dict[str, str], body: Any) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    def __repr__(self) -> str:
        return f"{self.status} {self.body}"


@cache
def document(base: str) -> Any:
    return Api(base, "nobody").send("GET", "/openapi.json", None, {}).body


@cache
def validator(base: str, path: str, method: str, status: int) -> Any:
    """What validates an answer of an operation, or None when the document does not describe it there."""
    served = document(base)
    said = served["paths"][path][method.lower()]["responses"]
    assert str(status) in said or "default" in said, f"{method} {path} says nothing of {status}"
    content = said.get(str(status), {}).get("content")
    if not content:
        return None
    media = next(said for name, said in content.items() if "json" in name)
    return jsonschema_rs.validator_for({**media["schema"], "components": served["components"]})


@cache
def operation_path(base: str, path: str) -> str | None:
    """The path template that a path is of: the one with the fewest names."""
    found = [
        template
        for template in document(base)["paths"]
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path)
    ]
    fewest = sorted(found, key=lambda template: (template.count("{"), -len(template)))
    return fewest[0] if fewest else None


class Api:
    """The API with one key. Every POST gets an idempotency key of its own unless one is given (None: none is sent)."""

    def __init__(self, base: str, token: str = "k1") -> None:
        self.base = base
        self.token = token

    def __call__(self, method: str, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST" and key is not None:
            sent["Idempotency-Key"] = key or f"key-{next(KEYS)}"
        answer = self.send(method, f"/v1{path}", body, sent)
        self._check(method, f"/v1{path}".partition("?")[0], answer)
        return answer

    def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Answer:
        return self("POST", path, {} if body is None else body, key=key, **headers)

    def get(self, path: str) -> Answer:
        return self("GET", path)

    def cancel(self, order: str = "o1", *, key: str | None = "", **members: Any) -> Answer:
        return self.post(f"/orders/{order}/cancellations", members, key=key)

    def owed(self, order: str = "o1") -> dict[str, Any]:
        """What is or was owed for the order, by kind."""
        return {one["kind"]: one for one in self.get(f"/orders/{order}/obligations")["items"]}

    def events(self, order: str = "o1") -> list[Any]:
        items = self.get(f"/orders/{order}/events?page_size=200")["items"]
        assert isinstance(items, list)
        return items

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, raw, headers)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, told, json.loads(text) if text else None)

    def _check(self, method: str, path: str, answer: Answer) -> None:
        assert answer.status != 500, answer
        template = operation_path(self.base, path)
        if template is None:
            return
        said = document(self.base)
        headers = said["paths"][template][method.lower()]["responses"].get(str(answer.status), {}).get("headers", {})
        always = [name for name in headers if said["components"]["headers"][name]["required"]]
        assert [name for name in always if name.lower() not in answer.headers] == [], (method, path)
        found = validator(self.base, template, method, answer.status)
        if found is not None:
            found.validate(answer.body)


def put_world(base: str, vendor: str = "native", **members: Any) -> None:
    """A world with a frozen clock and the key `k1` of the tenant `t1`."""
    world = {"clock": CLOCK, "accounts": [{"token": "k1", "tenant": "t1", "_tenant": "t1"}], **members}
    answer = Api(base).send("PUT", f"/sandbox/{vendor}/world", world, {})
    assert answer.status == 204, answer


def advance(base: str, seconds: float) -> None:
    answer = Api(base).send("POST", "/sandbox/clock", {"advance_seconds": seconds}, {})
    assert answer.status in {200, 204}, answer


def effects(base: str, vendor: str = "native") -> Any:
    return Api(base).send("GET", f"/sandbox/{vendor}/effects", None, {}).body


def new_order(order_id: str = "o1", **members: Any) -> dict[str, Any]:
    """Three of A at 9.99 together, one B, 4.95 of shipping; paid by card."""
    return {
        "id": order_id,
        "currency": "EUR",
        "lines": [
            {"id": "a", "sku": "A", "quantity": 3, "price": 2997, "tax": 520, "tax_rate": 21},
            {"id": "b", "sku": "B", "price": 1000, "tax": 83, "tax_rate": 9},
        ],
        "charges": [{"id": "shipping", "price": 495, "tax": 86, "tax_rate": 21}],
        "payments": [{"id": "p1", "method": "card", "authorised": 4492}],
        **members,
    }


CAPTURED = [{"id": "p1", "method": "card", "captured": 4492}]

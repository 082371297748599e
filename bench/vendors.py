"""Many orders for each vendor: the first of its `demo.json`, over and over under other ids, and the call that cancels it."""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from bench.load import post
from bench.server import Server
from countermand.dialects import catalog

#: Calls that one key makes at most, below every vendor's rate limit per minute.
CALLS_PER_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Crowd:
    """A vendor's world of many orders, and the requests that cancel each once."""

    vendor: str
    world: bytes
    requests: tuple[bytes, ...]


def crowds(orders: int) -> Iterator[Crowd]:
    for name in catalog.load():
        source = files(f"countermand.dialects.{name}").joinpath("demo.json")
        if source.is_file():
            yield _crowd(name, json.loads(source.read_text(encoding="utf-8")), orders)


def _crowd(vendor: str, demo: dict[str, Any], orders: int) -> Crowd:
    request = demo["cases"][0]["steps"][0]["request"]
    collection = "applications" if "applications" in demo["world"] else "orders"
    model = demo["world"][collection][0]
    identity = next(model[name] for name in ("id", "orderId", "uuid") if name in model)
    keys = max(1, orders // CALLS_PER_KEY) if _is_limited(vendor, demo) else 1
    token = demo["world"]["accounts"][0]["token"]
    tokens = [token if keys == 1 else f"{token}-{number}" for number in range(keys)]
    documents, calls = [], []
    for number in range(orders):
        own, holder = _id(identity, number), tokens[number % keys]
        text = json.dumps({**model, "_account": holder}).replace(identity, own)
        documents.append(json.loads(text))
        body = json.dumps(request["json"]).replace(identity, own).encode() if "json" in request else b""
        headers = {name: value.replace(token, holder) for name, value in demo["headers"].items()}
        path = f"/{vendor}{request['path'].replace(identity, own)}"
        calls.append(post(path, body=body, headers=headers).replace(b"POST", request["method"].encode(), 1))
    accounts = [{**demo["world"]["accounts"][0], "token": one} for one in tokens]
    world = {"accounts": accounts, collection: documents}
    return Crowd(vendor, json.dumps(world).encode(), tuple(calls))


def _is_limited(vendor: str, demo: dict[str, Any]) -> bool:
    """Whether a key of this vendor is counted at all."""
    seed = catalog.load()[vendor].account(demo["world"]["accounts"][0])
    return seed.rate_limit is not None


def _id(model: str, number: int) -> str:
    """An id that looks like the model's: its last digits replaced."""
    return f"{model[: max(0, len(model) - 8)]}{number:08d}"


def put(server: Server, crowd: Crowd) -> None:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=300)
    connection.request("PUT", f"/sandbox/{crowd.vendor}/world", body=crowd.world)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != http.client.NO_CONTENT:
        raise RuntimeError(f"the world of {crowd.vendor} was refused: {said[:500]!r}")

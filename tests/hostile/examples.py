"""Requests that make sense, from the documents that are served: what a hostile client starts from."""

import copy
import json
from collections.abc import Iterator, Mapping
from functools import cache

from countermand.dialects import catalog
from countermand.dialects.contract import Dialect, Route

Document = Mapping[str, object]

NASTY: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    1e308,
    10**19,
    -(10**40),
    "",
    "\x00",
    "x" * 5_000,
    "\u202e\U0001f4a9",
    "9" * 400,
    "1e999999",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"\x00": [1]},
)


@cache
def described(name: str) -> Document:
    return dict(json.loads(json.dumps(catalog.load()[name].openapi())))


@cache
def operations(name: str) -> dict[str, Document]:
    found: dict[str, Document] = {}
    paths = described(name)["paths"]
    assert isinstance(paths, dict)
    for item in paths.values():
        for one in item.values():
            if isinstance(one, dict) and "responses" in one:
                found[str(one.get("operationId"))] = one
    return found


def parameters(dialect: Dialect, route: Route) -> list[str]:
    """The names of the query parameters."""
    given = operations(dialect.name)[route.operation].get("parameters", [])
    assert isinstance(given, list)
    return [one["name"] for one in given if one.get("in") == "query"]


def body_of(dialect: Dialect, route: Route) -> object:
    """A body by the schema of the document; an empty object where it has none."""
    wanted = operations(dialect.name)[route.operation].get("requestBody")
    if not isinstance(wanted, Mapping):
        return {}
    document = described(dialect.name)
    content = _resolved(wanted, document)["content"]
    assert isinstance(content, dict)
    return _example(next(iter(content.values())).get("schema", {}), document, 0)


def _resolved(schema: Document, document: Document) -> Document:
    while "$ref" in schema:
        found: object = document
        for part in str(schema["$ref"]).removeprefix("#/").split("/"):
            assert isinstance(found, Mapping)
            found = found[part]
        assert isinstance(found, Mapping)
        schema = found
    return schema


def _example(given: object, document: Document, depth: int) -> object:
    if not isinstance(given, dict) or depth > 8:
        return None
    schema = _resolved(given, document)
    for word in ("const", "default", "example"):
        if word in schema:
            return schema[word]
    for word in ("examples", "enum"):
        if isinstance(listed := schema.get(word), list) and listed:
            return listed[0]
    for word in ("allOf", "anyOf", "oneOf"):
        if isinstance(listed := schema.get(word), list) and listed:
            return _example(listed[0], document, depth + 1)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        members = schema.get("properties", {})
        assert isinstance(members, dict)
        return {name: _example(one, document, depth + 1) for name, one in members.items()}
    if kind == "array":
        return [_example(schema.get("items"), document, depth + 1)]
    return {"string": "x1", "integer": 1, "number": 1, "boolean": True}.get(str(kind))


def mutations(value: object) -> Iterator[object]:
    """The value with each of its members, one at a time, replaced by each nasty thing; and without it."""
    for path in list(_places(value)):
        for nasty in NASTY:
            yield _with(value, path, nasty)


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(member, (*path, name))
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _places(member, (*path, at))


def _with(value: object, path: tuple[str | int, ...], nasty: object) -> object:
    if not path:
        return nasty
    changed = copy.deepcopy(value)
    place = changed
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]  # a path of this value
    place[path[-1]] = nasty  # type: ignore[index]  # a path of this value
    return changed

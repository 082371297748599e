"""What an OpenAPI document declares that a server answers, and which of it one answer shows.

A declared thing is an answer (`cancelOrder 400`) or one of the values that a schema lists for a member
(`cancelOrder 400 /message = orderNotFound`). A value inside a named schema belongs to the schema, whoever shows it
(`Order /status = confirmed`). A member that has one value and has to be there says nothing that its answer doesn't.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

import jsonschema_rs

from countermand.dialects.contract import Dialect

#: How every document of ours and of the vendors begins.
_JSON: Final = (b"{", b"[")

_BRANCHES: Final = ("anyOf", "oneOf", "allOf")


class Item(NamedTuple):
    """One declared thing. `member` and `value` are empty for the answer itself; `value` is JSON."""

    place: str
    member: str = ""
    value: str = ""


class Document:
    """One dialect's document."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.tree: Any = json.loads(json.dumps(dialect.openapi()))
        self.operations: dict[str, Any] = {
            operation["operationId"]: operation
            for methods in self.tree["paths"].values()
            for method, operation in methods.items()
            if method in {"get", "put", "post", "patch", "delete"}
        }

    @cached_property
    def items(self) -> Mapping[Item, None]:
        """Everything that is declared, in the order of the document."""
        found: dict[Item, None] = {}
        for operation, described in self.operations.items():
            for status in described["responses"]:
                place = f"{operation} {status}"
                found[Item(place)] = None
                found.update(dict.fromkeys(self._listed(self.schema_of(operation, status), place, "", frozenset())))
        return found

    def schema_of(self, operation: str, status: str) -> Any:
        """The schema of an answer's body; None when it is not declared, or has no JSON body."""
        response = self.operations.get(operation, {}).get("responses", {}).get(status)
        response = self._target(response)
        contents = (response or {}).get("content", {})
        return next((content.get("schema") for name, content in contents.items() if "json" in name), None)

    def shown(self, operation: str, status: str, body: bytes) -> set[Item]:
        """What of the declared an answer shows. A page for people shows that it is there."""
        status = self._declared(operation, status)
        place = f"{operation} {status}"
        schema = self.schema_of(operation, status)
        seen = (
            set()
            if schema is None or not body.startswith(_JSON)
            else set(self._seen(schema, json.loads(body), place, ""))
        )
        return (seen | {Item(place)}) & self.items.keys()

    def faults(self, operation: str, status: str, body: bytes) -> list[str]:
        """What of an answer is not as declared."""
        status = self._declared(operation, status)
        if status not in self.operations.get(operation, {}).get("responses", {}):
            return [f"{operation} declares no {status}"]
        schema = self.schema_of(operation, status)
        if schema is None:
            return [f"{operation} {status} declares no body"] if body and status != "default" else []
        checked = self._validators.get(id(schema))
        if checked is None:
            whole = {**schema, "components": self.tree.get("components", {})}
            checked = self._validators[id(schema)] = jsonschema_rs.validator_for(whole)
        return [f"{error.instance_path}: {error.message[:300]}" for error in checked.iter_errors(json.loads(body))]

    def _declared(self, operation: str, status: str) -> str:
        """What stands for a status: itself, or `default`."""
        responses = self.operations.get(operation, {}).get("responses", {})
        return "default" if status not in responses and "default" in responses else status

    @cached_property
    def _validators(self) -> dict[int, Any]:
        return {}

    def _target(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target = self.tree
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _listed(
        self, schema: Any, place: str, at: str, above: frozenset[str], *, implied: bool = True
    ) -> Iterator[Item]:
        """Every value that the schema lists. `implied`: an answer of this place always has what stands here."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            if schema["$ref"] not in above:
                name = schema["$ref"].rpartition("/")[2]
                yield from self._listed(self._target(schema), name, "", above | {schema["$ref"]})
            return
        values = _values(schema)
        if not (implied and len(values) == 1):
            yield from (Item(place, at or "/", value) for value in values)
        for branches in _BRANCHES:
            for branch in schema.get(branches, []):
                yield from self._listed(branch, place, at, above, implied=implied and branches == "allOf")
        required = schema.get("required", [])
        for name, inner in schema.get("properties", {}).items():
            yield from self._listed(inner, place, f"{at}/{name}", above, implied=implied and name in required)
        for inner, step in _inside(schema):
            yield from self._listed(inner, place, f"{at}/{step}", above, implied=False)

    def _seen(self, schema: Any, value: Any, place: str, at: str) -> Iterator[Item]:
        """Values of the answer that stand where the schema lists them."""
        if not isinstance(schema, dict):
            return
        if "$ref" in schema:
            yield from self._seen(self._target(schema), value, schema["$ref"].rpartition("/")[2], "")
            return
        if (text := json.dumps(value)) in _values(schema):
            yield Item(place, at or "/", text)
        for branch in (branch for branches in _BRANCHES for branch in schema.get(branches, [])):
            yield from self._seen(branch, value, place, at)
        for inner, part, step in _parts(schema, value):
            yield from self._seen(inner, part, place, f"{at}/{step}")


def _parts(schema: Mapping[str, Any], value: Any) -> Iterator[tuple[Any, Any, str]]:
    """What is inside of a value, each with its schema and its name."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from ((inner, value[name], name) for name, inner in properties.items() if name in value)
        others = [inner for inner, step in _inside(schema) if step == "*"]
        yield from ((inner, value[name], "*") for inner in others for name in value.keys() - properties.keys())
    if isinstance(value, list):
        items = [inner for inner, step in _inside(schema) if step == "-"]
        yield from ((inner, one, "-") for inner in items for one in value)


def _values(schema: Mapping[str, Any]) -> list[str]:
    """The values that are listed, as JSON. Null beside others is no value, but the lack of one."""
    if "const" in schema:
        return [json.dumps(schema["const"])]
    listed = [json.dumps(value) for value in schema.get("enum", [])]
    return [value for value in listed if value != "null"]


def _inside(schema: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """The schemas of what is inside and not named: items of a list, other members of an object."""
    if "items" in schema:
        yield schema["items"], "-"
    for inner in schema.get("prefixItems", []):
        yield inner, "-"
    if "additionalProperties" in schema:
        yield schema["additionalProperties"], "*"

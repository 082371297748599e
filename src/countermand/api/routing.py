"""Which operation a path means. Literal segments win over names with a verb (`{name}:verb`), these over names alone.

An empty segment matches no name.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from countermand.dialects.contract import CallerFault, Fault, FaultKind, Route, Write


@dataclass(slots=True)
class _Node:
    """One segment of the tree of paths. `named` is the branch for a `{name}`, `verbs` those for `{name}:verb`, by `:verb`.

    A route keeps its names with the index of their segment, and the verb that ends it.
    """

    literal: dict[str, "_Node"] = field(default_factory=dict)
    verbs: dict[str, "_Node"] = field(default_factory=dict)
    named: "_Node | None" = None
    routes: dict[str, tuple[Route, tuple[tuple[str, int, str], ...]]] = field(default_factory=dict)


class Match(Struct, frozen=True):
    """An operation with the decoded segments that its path names; `lines` is the body, where it is read while it arrives."""

    route: Route
    params: dict[str, str]
    lines: AsyncIterator[bytes] | None = None


class Router:
    """The routes of one dialect. A route given twice is a bug of the dialect."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def match(self, method: str, path: str) -> Match:
        """Find the operation. Raises CallerFault with NO_ROUTE or WRONG_METHOD.

        HEAD is GET without the body, except where a vendor's GET changes something: HEAD is safe.
        """
        segments = path.split("/")[1:]
        node = _straight(self._root, segments) or _walk(self._root, segments, 0)
        if node is None:
            raise CallerFault(Fault(kind=FaultKind.NO_ROUTE))
        found = node.routes.get(method)
        if method == "HEAD" and (got := node.routes.get("GET")) and not isinstance(got[0].handler, Write):
            found = got
        if found is None:
            raise CallerFault(Fault(kind=FaultKind.WRONG_METHOD, allow=tuple(sorted(node.routes))))
        route, names = found
        return Match(route, {name: _decoded(segments[index].removesuffix(verb)) for name, index, verb in names})

    def _add(self, route: Route) -> None:
        node, names = self._root, list[tuple[str, int, str]]()
        for index, segment in enumerate(route.path.split("/")[1:]):
            if segment.startswith("{"):
                name, _, verb = segment[1:].partition("}")
                names.append((name, index, verb))
                if verb:
                    node = node.verbs.setdefault(verb, _Node())
                else:
                    node.named = node.named or _Node()
                    node = node.named
            else:
                node = node.literal.setdefault(segment, _Node())
        if route.method in node.routes:
            raise ValueError(f"{route.method} {route.path} is routed twice")
        node.routes[route.method] = (route, tuple(names))


def _straight(node: _Node, segments: list[str]) -> _Node | None:
    """Where the most literal branch leads, if it leads somewhere: nearly every path, without turning back."""
    at: _Node | None = node
    for segment in segments:
        if at is None or ":" in segment:
            return None
        at = at.literal.get(segment) or (at.named if segment else None)
    return at if at is not None and at.routes else None


def _walk(node: _Node, segments: list[str], depth: int) -> _Node | None:
    if depth == len(segments):
        return node if node.routes else None
    segment = segments[depth]
    literal = node.literal.get(segment)
    found = _walk(literal, segments, depth + 1) if literal else None
    if found is None and node.verbs and segment.find(":") > 0:
        meant = node.verbs.get(segment[segment.rfind(":") :])
        found = _walk(meant, segments, depth + 1) if meant else None
    if found is None and node.named is not None and segment:
        found = _walk(node.named, segments, depth + 1)
    return found


def _decoded(segment: str) -> str:
    """Percent-decoded once. Bytes that are no UTF-8, or NUL, name nothing that we could hold."""
    if "%" not in segment:
        return segment
    try:
        text = unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError as error:
        raise CallerFault(Fault(kind=FaultKind.NO_ROUTE)) from error
    if "\x00" in text:
        raise CallerFault(Fault(kind=FaultKind.NO_ROUTE))
    return text

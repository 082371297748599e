"""Lists to be tried on many orders: every one that a dialect asks for, and more kinds than they have by now."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace

from countermand.dialects import catalog
from countermand.dialects.contract import Caller, CallerFault, Dialect, Read, Route, WireRequest
from countermand.model.query import ListOrders, ListRecords
from countermand.store.listing import Spelling, page_of
from countermand.store.numbering import numbered
from tests.store.ledger import NOW
from tests.store.million import FACETS, JOINTS, TENANT

#: What a parameter may say, where its document doesn't list it.
WORDS = {"limit": "100", "page": "9000", "page_size": "100", "sortDir": "asc", "startAfter": "o0500000"}
SORTS = ("createdAt", "updatedAt", "orderId", "status", "totals.total")
#: The vendor with filters in the body.
FILTERS = {"companyCode": "DM1", "countryCode": "UY"}


def parameters(dialect: Dialect, operation: str) -> dict[str, list[str]]:
    """The query parameters that the document declares, each with something to say; the sorts all of them."""
    found: dict[str, list[str]] = {}
    document: Any = dialect.openapi()
    for methods in document["paths"].values():
        for described in methods.values():
            if described["operationId"] == operation:
                for one in described.get("parameters", []):
                    if one["in"] == "query":
                        listed = [value for value in one["schema"].get("enum", []) if value]
                        found[one["name"]] = listed if one["name"] == "sortBy" else [(*listed, "x")[0]]
    found |= {name: [WORDS[name]] for name in found if name in WORDS}
    return found | ({"sortBy": list(SORTS)} if "sortBy" in found else {})


def listed(dialect: Dialect, route: Route, query: tuple[tuple[str, str], ...]) -> list[ListOrders | ListRecords]:
    attributes = {"merchant": "F1", "companies": ["DM1"], "tenant": "t", "username": "u"}
    caller = Caller(tenant=TENANT, dialect=dialect.name, key_id="k", scopes=frozenset(), attributes=attributes)
    wire = WireRequest(
        method=route.method,
        path=route.path,
        received_at=NOW,
        params=dict.fromkeys(re.findall(r"{(\w+)}", route.path), "x"),
        query=query,
        body=json.dumps({"filters": FILTERS}).encode(),
    )
    assert isinstance(route.handler, Read)
    try:
        queries = route.handler.decode(wire, caller)
    except CallerFault:
        return []
    return [one for one in queries if isinstance(one, ListOrders | ListRecords)]


def asked() -> list[Any]:
    """Every listing that a list route asks for: no parameter, each, each two, in both directions."""
    found: dict[tuple[object, ...], Any] = {}
    for dialect in catalog.load().values():
        for route in dialect.routes:
            if not isinstance(route.handler, Read):
                continue
            single = [
                (name, value) for name, values in parameters(dialect, route.operation).items() for value in values
            ]
            for query in [(), *((one,) for one in single), *product(single, single)]:
                for one in listed(dialect, route, query):
                    said = one.listing
                    # What is the same for a plan is the same shape.
                    shape = (
                        type(one),
                        dialect.name,
                        one.kind,
                        said.sort,
                        said.descending,
                        *said.facets,
                        len(said.statuses),
                        said.from_at is None,
                        said.until_at is None,
                        said.groups and len(said.groups),
                        said.limit is None,
                    )
                    found[shape] = pytest.param(
                        replace(one, listing=replace(said, offset=0)),
                        id=f"{dialect.name}-{route.operation}-{len(found)}",
                    )
    return list(found.values())  # fmt: skip


Fetch = Callable[[Any], list[Any]]


def statements(query: ListOrders | ListRecords, place: Spelling, fetch: Fetch) -> Iterator[Any]:
    """All that is run for a page: the first, and one further on."""
    if query.listing.groups is None:
        yield page_of(query, place, None)
        cursor: tuple[object, ...] = (
            (5, "o0500000") if query.listing.sort in {"placed_at", "created_at"} else ("a", 5, "o")
        )
        yield page_of(query, place, ("o",) if query.listing.sort == "id" else cursor)
        return
    talk = numbered(query, place)
    try:
        statement = next(talk)
        while True:
            yield statement
            statement = talk.send(fetch(statement))
    except StopIteration:
        return


ASKED = asked()


STATUSES = ("new_order", "shipped", "cancelled", "rejected", "draft", "on_hold", "in_production")
EVERY = [
    f"{status}/{method}/1/cash/{paid}" for status, method, paid in product(STATUSES, "1234", ("paid", "unpaid", "?"))
]
NUMBERED = {
    "all": (),
    "shipped": tuple(one for one in EVERY if one.startswith("shipped")),
    "unpaid": tuple(one for one in EVERY if one.endswith("unpaid")),
    "a few": tuple(one for one in EVERY if one.startswith("rejected")),
    "none": ("draft/1/1/cash/paid",),
}


#: Each sort and direction with filters that few, some, many and no orders meet. The last: whether they are joined with the sort.
CURSOR = [
    (sort, descending, facets, statuses, joined)
    for sort, descending in product(("placed_at", "id", *sorted(FACETS.keys() - {"#"})), (True, False))
    for facets, statuses, joined in (
        ({}, (), ""),
        ({}, ("shipped",), ""),
        ({}, ("rejected",), ""),
        ({"customerId": "c77"}, (), ""),
        ({"customerId": "nobody"}, (), ""),
        ({"customerId": "c77"}, ("cancelled",), ""),
        ({"customerId": "big"}, (), JOINTS),
        ({"customerId": "huge"}, (), JOINTS),
        ({"status": "new_order"}, (), JOINTS),
        ({"status": "rejected", "customerId": "huge"}, (), JOINTS),
        ({"status": "new_order", "customerId": "huge"}, (), JOINTS),
        ({"status": "shipped", "customerId": "huge"}, (), JOINTS),
        ({"status": "cancelled", "customerId": "big"}, (), JOINTS),
    )
    # What is joined in these orders; and what a dialect asks for: it says with the facet when it filters by what it sorts by.
    if not (joined and sort in {"totals.total", "customerId"}) and not (sort == "status" and statuses == ("shipped",))
]

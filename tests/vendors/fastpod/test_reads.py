"""Get Order, List Orders, the paginator, the catalogue and the estimates."""

import pytest

from countermand.dialects.contract import CallerFault
from countermand.dialects.fastpod.documents import WHOLE_KEYS
from countermand.dialects.fastpod.lists import CHOICES, asked_of, decode_list
from countermand.dialects.fastpod.paginator import Asked, Numbered, page, page_asked
from countermand.dialects.fastpod.pricing import Wanted, price
from countermand.model.query import GROUP, ListOrders
from tests.vendors.fastpod.ledger import CALLER, SAMPLE, Ledger, request

ID = str(SAMPLE["id"])

#: Laravel's paginator, as it writes itself into JSON.
MEMBERS = [
    *("current_page", "data", "first_page_url", "from", "last_page", "last_page_url", "links", "next_page_url"),
    *("path", "per_page", "prev_page_url", "to", "total"),
]


def listing(query: str = ""):
    [asked] = decode_list(request(query=query), CALLER)
    assert isinstance(asked, ListOrders)
    return asked.listing


def pages(total: int, current: int, per_page: int = 10, query: str = ""):
    rows = range(min(max(total - (current - 1) * per_page, 0), per_page))
    return page(
        Numbered(rows=list(rows), total=total), Asked(page=current, per_page=per_page), wire=request(query=query)
    )


# ---------------------------------------------------------------------------------------------------------- Get Order


def test_an_order_is_got_bare_with_33_members():
    status, body = Ledger(SAMPLE).call("getOrder", request(order_id=ID))
    assert status == 200
    assert set(body) == {*WHOLE_KEYS, "boost_production"}
    assert not {"status", "message", "data"} & set(body)


@pytest.mark.parametrize("order_id", ["F237-120723-999999", "R-1", "f237-120723-000001", "F255-1"])
def test_an_order_is_not_got_by_another_name_or_by_a_stranger(order_id):
    ledger = Ledger(SAMPLE, {"id": "F255-1"})
    assert ledger.call("getOrder", request(order_id=order_id)) == (
        422,
        {"status": False, "message": "Order not found."},
    )


# -------------------------------------------------------------------------------------------------------- List Orders


def test_without_parameters_the_newest_25_are_listed():
    plain = listing()
    assert (plain.limit, plain.offset, plain.count) == (25, 0, True)
    assert (plain.sort, plain.descending) == ("placed_at", True)
    assert (plain.groups, plain.statuses, dict(plain.facets)) == ((), (), {})
    assert (plain.from_at, plain.until_at) == (None, None)


def test_the_documented_request_filters_nothing():
    query = "page=1&limit=25&status=&search=&start_date&end_date&shipping_method=&order_type&payment_method=&payment_status="
    assert listing(query) == listing()


@pytest.mark.parametrize(
    "status", ["draft", "new_order", "on_hold", "in_production", "shipped", "cancelled", "rejected"]
)
def test_each_status_is_a_filter(status):
    groups = listing(f"status={status}").groups
    assert {group.partition("/")[0] for group in groups} == {status}
    assert len(groups) == len(set(groups)) == 4 * 2 * 2 * 2
    [order] = Ledger({**SAMPLE, "order_status": status}).orders.values()
    assert order.facets[GROUP] in groups


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("shipping_method", value) for value in "1234"),
        *(("order_type", value) for value in "12"),
        *(("payment_method", value) for value in ("cash", "point")),
        *(("payment_status", value) for value in ("paid", "unpaid")),
    ],
)
def test_each_member_that_can_be_asked_for_is_a_facet_of_the_order(name, value):
    [order] = Ledger({**SAMPLE, name: value}).orders.values()
    assert order.facets[name] == value
    for other in CHOICES[name]:
        assert (order.facets[GROUP] in listing(f"{name}={other}&status=new_order").groups) == (other == value)


def test_both_days_are_included():
    days = listing("start_date=2023-12-07&end_date=2023-12-08")
    assert (str(days.from_at), str(days.until_at)) == ("2023-12-07 00:00:00+00:00", "2023-12-09 00:00:00+00:00")


def test_the_last_day_of_the_calendar_has_no_end():
    assert listing("end_date=9999-12-31").until_at is None


@pytest.mark.parametrize(
    "query",
    [
        *("status=lost", "status=Cancelled", "shipping_method=5", "order_type=3", "payment_method=card"),
        *("payment_status=refunded", "start_date=2023-02-30", "end_date=07.12.2023", "start_date=2023-12-07T00:00:00Z"),
        *("limit=0", "limit=-1", "limit=x", "limit=1.5", "search=%00".replace("%00", "\x00"), "search=" + "x" * 256),
    ],
)
def test_what_no_order_can_have_is_a_parameter_error(query):
    status, body = Ledger(SAMPLE).call("listOrders", request(query=query))
    assert (status, body["status"], list(body["errors"])) == (422, False, [query.partition("=")[0]])


@pytest.mark.parametrize("search", [ID, "R-1"])
def test_search_finds_either_number(search):
    status, body = Ledger(SAMPLE, {"id": "F237-2", "reference_id": "R-2"}).call(
        "listOrders", request(query=f"search={search}")
    )
    assert (status, [order["id"] for order in body["data"]], body["total"]) == (200, [ID], 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=new_order", 1),
        ("status=draft", 0),
        ("shipping_method=3&order_type=1&payment_method=cash&payment_status=unpaid", 1),
        ("payment_status=paid", 0),
        ("start_date=2023-12-07&end_date=2023-12-07", 1),
        ("end_date=2023-12-06", 0),
        ("start_date=2023-12-08", 0),
    ],
)
def test_search_and_filters_must_both_fit(query, found):
    _, body = Ledger(SAMPLE).call("listOrders", request(query=f"search=R-1&{query}"))
    assert body["total"] == len(body["data"]) == found


def test_search_never_finds_a_strangers_order():
    ledger = Ledger({"id": "F255-1", "reference_id": "R-9"})
    for search in ("F255-1", "R-9"):
        assert ledger.call("listOrders", request(query=f"search={search}"))[1]["total"] == 0


# ---------------------------------------------------------------------------------------------------------- paginator


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", (1, 25)),
        ("page=3&limit=10", (3, 10)),
        ("limit=1000", (1, 100)),
        ("page=0", (1, 25)),
        ("page=-2", (1, 25)),
        ("page=x", (1, 25)),
        ("page=" + "9" * 400, (1, 25)),
        ("page=&limit=", (1, 25)),
    ],
)
def test_a_page_that_makes_no_sense_is_the_first_and_a_limit_has_a_most(query, asked):
    found = page_asked(request(query=query))
    assert (found.page, found.per_page) == asked


def test_the_paginator_has_laravels_members():
    assert list(pages(30, 2)) == MEMBERS


def test_pages_say_where_they_stand():
    first, middle, last = (pages(30, number) for number in (1, 2, 3))
    assert [(found["from"], found["to"]) for found in (first, middle, last)] == [(1, 10), (11, 20), (21, 30)]
    assert (first["prev_page_url"], last["next_page_url"]) == (None, None)
    assert middle["next_page_url"] == "https://pod.example/v1/orders?page=3"
    assert middle["prev_page_url"] == first["first_page_url"] == "https://pod.example/v1/orders?page=1"
    assert first["last_page_url"] == "https://pod.example/v1/orders?page=3"
    assert middle["path"] == "https://pod.example/v1/orders"
    assert {found["total"] for found in (first, middle, last)} == {30}


def test_a_page_past_the_end_is_empty_and_no_error():
    found = pages(30, 9)
    assert (found["data"], found["from"], found["to"], found["last_page"]) == ([], None, None, 3)
    assert found["next_page_url"] is None


def test_nothing_at_all_is_one_empty_page():
    found = pages(0, 1)
    assert (found["last_page"], found["from"], found["to"], found["total"]) == (1, None, None, 0)


def test_addresses_keep_the_filters():
    found = pages(30, 1, query="status=cancelled&page=1&limit=10&search=&x=a b")
    assert found["next_page_url"] == "https://pod.example/v1/orders?status=cancelled&limit=10&x=a+b&page=2"


@pytest.mark.parametrize(
    ("total", "current", "labels"),
    [
        (1, 1, "1"),
        (13, 5, "1 2 3 4 5 6 7 8 9 10 11 12 13"),
        (20, 1, "1 2 3 4 5 6 7 8 9 10 ... 19 20"),
        (20, 7, "1 2 3 4 5 6 7 8 9 10 ... 19 20"),
        (20, 8, "1 2 ... 5 6 7 8 9 10 11 ... 19 20"),
        (20, 13, "1 2 ... 10 11 12 13 14 15 16 ... 19 20"),
        (20, 14, "1 2 ... 11 12 13 14 15 16 17 18 19 20"),
        (20, 20, "1 2 ... 11 12 13 14 15 16 17 18 19 20"),
    ],
)
def test_links_are_abridged_as_laravel_abridges_them(total, current, labels):
    links = pages(total, current, per_page=1)["links"]
    assert [links[0]["label"], links[-1]["label"]] == ["&laquo; Previous", "Next &raquo;"]
    assert [link["label"] for link in links[1:-1]] == labels.split()
    assert [link["label"] for link in links if link["active"]] == [str(current)]
    assert all(link["url"] is None for link in links if link["label"] == "...")


# ------------------------------------------------------------------------------------------------ catalogue, estimates


def test_the_catalogue_is_paged_and_filtered():
    ledger = Ledger()
    status, body = ledger.call("listCatalogs", request(path="/v1/catalogs", query="limit=3&page=2"))
    assert (status, len(body["data"]), body["from"], list(body)) == (200, 3, 4, MEMBERS)
    _, one = ledger.call("listCatalogs", request(path="/v1/catalogs", query="sku=UABSTAQUBXL3&status=in_stock"))
    assert [(product["sku"], product["unit_price"]) for product in one["data"]] == [("UABSTAQUBXL3", 14)]
    assert ledger.call("listCatalogs", request(path="/v1/catalogs", query="status=out_of_stock"))[1]["total"] == 0


ESTIMATE = {
    "boost_production": True,
    "shipping_method": "1",
    "line_items": [{"sku": "ANY", "quantity": 1, "print_areas": {"front": "u"}}],
    "address": {"country": "US"},
    "coupon_code": "",
}


def test_the_documented_estimate_adds_up():
    ledger = Ledger()
    status, body = ledger.call("estimateOrderPrice", request("POST", body=ESTIMATE))
    assert status == 200
    assert body == {
        "address": {"country": "US"},
        "shipping_method": "1",
        "rush_production": True,
        "boost_production": True,
        "line_items": [
            {
                "sku": "ANY",
                "quantity": 1,
                "print_areas": {"front": "u"},
                "unit_price": 14.8,
                "price": 14.8,
                "point_earned": 1480,
                "shipping_price": 4.99,
            }
        ],
        "item_total": 14.8,
        "shipping_total": 4.99,
        "surcharge_total": 0,
        "order_total": 19.79,
        "point_used": 1979,
        "point_earned": 0,
        "discount": 0,
    }
    assert ledger.orders == {}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"address": {}}, "address.country"),
        ({"address": None}, "address"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"quantity": 0}]}, "line_items.0.quantity"),
        ({"line_items": [{"print_areas": {"hood": "u"}}]}, "line_items.0.print_areas.hood"),
        ({"shipping_method": "7"}, "shipping_method"),
        ({"rush_production": "yes"}, "rush_production"),
    ],
)
def test_an_estimate_names_what_it_can_not_price(change, path):
    status, body = Ledger().call("estimateOrderPrice", request("POST", body={**ESTIMATE, **change}))
    assert (status, list(body["errors"])) == (422, [path])


def test_a_line_is_estimated_by_itself():
    body = {"sku": "UABSTAQUBXL3", "quantity": 2, "print_areas": {"back": "u"}}
    status, answer = Ledger().call("estimateLineItemPrice", request("POST", body=body))
    assert (status, answer["price"], answer["shipping_price"], answer["quantity"]) == (200, 28, 4.99, 2)


@pytest.mark.parametrize("name", ["sku", "quantity", "print_areas"])
def test_an_estimated_line_needs_all_three(name):
    body = {"sku": "S", "quantity": 2, "print_areas": {"back": "u"}}
    del body[name]
    assert list(Ledger().call("estimateLineItemPrice", request("POST", body=body))[1]["errors"]) == [name]


@pytest.mark.parametrize("method", ["1", "2", "3", "4"])
def test_shares_of_shipping_add_up(method):
    wanted = [Wanted(sku="x", quantity=quantity) for quantity in (1, 1, 1, 4, 90_000)]
    priced = price(wanted, shipping_method=method, order_type="1")
    assert sum(line.shipping_minor for line in priced.lines) == priced.shipping_minor


def test_garbage_in_a_query_is_a_fault():
    with pytest.raises(CallerFault):
        asked_of(request(query="status=\ud800"))

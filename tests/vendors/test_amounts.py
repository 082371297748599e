"""Amounts survive the way in and out, in each vendor's own representation, and mean the same inside: integers in minor units."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings, strategies as st

from countermand.dialects.flexportal.money import exponent_of
from countermand.dialects.wire import major_of, minor_of
from tests.vendors.fastpod import ledger as fastpod
from tests.vendors.flexportal import ledger as flexportal
from tests.vendors.frontpayment import ledger as frontpayment
from tests.vendors.skippay import ledger as skippay
from tests.vendors.tecspal import ledger as tecspal

few = settings(max_examples=40, deadline=None)
#: Up to ten million of the major unit; where each cent is told apart by any JSON reader.
cents = st.integers(0, 10**9)
exponents = st.sampled_from([0, 2, 3])


def as_sent(value: object) -> object:
    """What a caller reads: the number after it was JSON."""
    return json.loads(json.dumps(value))


def text_of(minor: int, exponent: int = 2) -> str:
    return f"{Decimal(minor).scaleb(-exponent):.{exponent}f}"


@given(minor=st.integers(-(10**12), 10**12), exponent=exponents)
def test_a_major_number_is_the_minor_one_again(minor, exponent):
    assert minor_of(as_sent(major_of(minor, exponent)), exponent) == minor


@given(minor=st.integers(-(10**12), 10**12), exponent=exponents)
def test_a_text_is_the_minor_number_again(minor, exponent):
    assert minor_of(text_of(minor, exponent), exponent) == minor


# ---------------------------------------------------------------------------------------- fastpod: dollars, as numbers

MEMBERS = ("item_total", "shipping_total", "surcharge_total", "labeling_fee", "order_total", "discount_total")


@few
@given(amounts=st.lists(cents, min_size=len(MEMBERS), max_size=len(MEMBERS)), unit=cents, price=cents)
def test_fastpod_shows_the_dollars_that_it_was_given(amounts, unit, price):
    dollars = {name: major_of(amount) for name, amount in zip(MEMBERS, amounts, strict=True)}
    samples: Any = fastpod.SAMPLE["line_items"]
    line = {**samples[0], "unit_price": major_of(unit), "price": major_of(price)}
    place = fastpod.Ledger({**fastpod.SAMPLE, **dollars, "line_items": [line]})
    order_id = str(fastpod.SAMPLE["id"])
    _, shown = place.call("getOrder", fastpod.request(order_id=order_id))
    assert {name: shown[name] for name in MEMBERS} == dollars
    assert (shown["line_items"][0]["unit_price"], shown["line_items"][0]["price"]) == (major_of(unit), major_of(price))
    _, cancelled = place.call("cancelOrder", fastpod.request(order_id=order_id))
    assert {name: cancelled["data"][name] for name in MEMBERS} == dollars


# ---------------------------------------------------------------------- flexportal: major units of several currencies


@few
@given(
    price=cents, tax=st.integers(0, 10**8), currency=st.sampled_from(["EUR", "JPY", "KWD"]), quantity=st.integers(1, 9)
)
def test_flexportal_shows_the_amounts_of_each_currency(price, tax, currency, quantity):
    exponent = exponent_of(currency)
    item = {**flexportal.LAPTOP, "unitPrice": major_of(price, exponent), "quantity": quantity}
    total = price * quantity + tax
    totals = {
        "subtotal": major_of(price * quantity, exponent),
        "taxAmount": major_of(tax, exponent),
        "total": major_of(total, exponent),
        "currency": currency,
    }
    place = flexportal.Ledger(flexportal.order(items=[item], totals=totals))
    status, shown = place.call("getOrder", None, "ord_1")
    assert status == 200
    assert shown["items"][0]["unitPrice"] == item["unitPrice"]
    assert {name: shown["totals"][name] for name in totals} == totals
    assert place.order().total_minor == total


# ----------------------------------------------------------------------- frontpayment: crowns, as numbers or as texts


@few
@given(amount=st.integers(1, 10**8), as_text=st.booleans())
def test_frontpayment_takes_texts_and_numbers_and_shows_numbers(amount, as_text):
    said: object = text_of(amount) if as_text else major_of(amount)
    [product] = frontpayment.creation()["products"]
    payload = frontpayment.creation(
        products=[{**product, "rate": said, "amount": said, "tax": 0}],
        orderSummary={"subTotal": said, "totalTax": 0, "totalDiscount": 0, "grandTotal": said, "shippingCost": "0.00"},
    )
    place = frontpayment.Ledger()
    status, made = place.call("createCheckoutSession", payload)
    assert status == 201, made
    uuid = made["data"]["orderUuid"]
    _, told = place.call("getOrderStatusByUuid", uuid=uuid)
    assert told["data"]["orderAmount"] == major_of(amount)
    _, details = place.call("getOrderDetailsByUuid", uuid=uuid)
    assert details["data"]["productList"][0]["amount"] == major_of(amount)
    assert place.order(uuid).total_minor == amount


# --------------------------------------------------------------------------- skippay: hellers, with the VAT of each rate


@few
@given(
    items=st.lists(
        st.tuples(cents, st.integers(0, 100), st.sampled_from([0, 10, 12, 15, 21]), st.integers(1, 5)),
        min_size=1,
        max_size=5,
    )
)
def test_skippay_shows_the_vat_of_each_rate_that_it_was_given(items):
    rows: list[Any] = [
        skippay.item(f"I{number}", name="x", price=price, tax=price * share // 200, rate=rate, quantity=quantity)
        for number, (price, share, rate, quantity) in enumerate(items)
    ]
    by_rate: dict[int, int] = {}
    for row in rows:
        rate = row["totalVat"]["vatRate"]
        by_rate[rate] = by_rate.get(rate, 0) + row["totalVat"]["amount"]
    whole: dict[str, Any] = {
        "items": rows,
        "totalPrice": skippay.czk(sum(row["totalPrice"]["amount"] for row in rows)),
        "totalVat": [skippay.vat(amount, rate) for rate, amount in by_rate.items()],
    }
    place = skippay.Ledger(skippay.application(whole))
    _, shown = place.call("Getapplicationdetail", skippay.request())
    assert (shown["order"]["totalPrice"], shown["order"]["totalVat"]) == (whole["totalPrice"], whole["totalVat"])
    told = [(one["totalPrice"], one["totalVat"]) for one in shown["order"]["items"]]
    assert told == [(row["totalPrice"], row["totalVat"]) for row in rows]
    held = place.order()
    assert held.total_minor == whole["totalPrice"]["amount"]
    assert {tax.rate_milli // 1000: tax.amount_minor for tax in held.taxes} == by_rate


# -------------------------------------------------------------------------------------------- tecspal: prices, as texts


@few
@given(price=st.integers(0, 10**8), amount=st.integers(1, 50))
def test_tecspal_shows_the_text_that_it_was_given_and_counts_it_once_for_each_piece(price, amount):
    hardware = {"id": "h-1", "amount": amount, "price": text_of(price)}
    place = tecspal.Ledger({"id": tecspal.PENDING, "companyCode": "DM1", "hardwares": [hardware]})
    status, answer = place.read(f"/orders/{tecspal.PENDING}", companyCode="DM1")
    assert status == 200
    [shown] = answer["envelop"][0]["hardwares"]
    assert (shown["price"], shown["amount"]) == (text_of(price), amount)
    [held] = [order for order in place.orders.values() if order.order_id == tecspal.PENDING]
    assert held.total_minor == price * amount

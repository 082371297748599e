"""The callback: what is told, where, and the checksum by which a merchant believes it."""

from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, strategies as st

from countermand.dialects.contract import Change
from countermand.dialects.frontpayment.facts import Callback
from countermand.dialects.frontpayment.notices import address, checksum, notices
from countermand.dialects.frontpayment.switches import Switches
from countermand.model.event import Event
from tests.vendors.frontpayment.ledger import NOTE, NOW, SECRET, SENT, STRANGER, Ledger, creation, order

URL = "https://shop.example/callback"


def told(ledger: Ledger) -> list[tuple[str, str]]:
    return [(owed.type, owed.data["status"]) for owed in ledger.obligations]


@pytest.mark.parametrize(
    ("collection", "status", "actions", "expected"),
    [
        ("orders", "SENT", ["pay"], ["PAID"]),
        ("orders", "SENT", ["charge"], ["CHARGED"]),
        ("orders", "SENT", ["invoice", "remind", "collect", "pay"], ["INVOICED", "PAID"]),
        ("orders", "SENT", ["expire"], []),
        ("orders", "PAID", ["refund_part", "refund"], []),
        ("reservations", "SENT", ["reserve", "capture", "charge", "complete"], ["RESERVED", "CAPTURED", "CHARGED"]),
        ("terminalOrders", "SENT", ["pay"], ["PAID"]),
        ("subscriptions", "SENT", ["start", "complete"], ["PAID"]),
    ],
)
def test_money_that_comes_in_is_told_and_nothing_else(
    collection: str, status: str, *, actions: list[str], expected: list[str]
) -> None:
    ledger = Ledger(**{collection: [order(status, callbackUrl=URL)]})
    for action in actions:
        ledger.move(action)
    assert told(ledger) == [("payment.callback", word) for word in expected]


def test_a_cancel_is_told_to_nobody_unless_the_switch_says_so() -> None:
    ledger = Ledger(order(callbackUrl=URL))
    ledger.call("cancelOrder", NOTE)
    assert told(ledger) == []
    event = Event(type="order.cancelled", at=NOW, status="CANCELLED")
    change = Change(before=None, after=ledger.order(), events=(event,))
    (notice,) = notices(change, switches=Switches(cancel_calls_back=True))
    assert notice.data["status"] == "CANCELLED"


def test_a_delayed_charge_and_an_invoice_that_goes_out_are_told() -> None:
    ledger = Ledger(order(callbackUrl=URL))
    ledger.call("delayedCharge")
    ledger.call("sendInvoice", creation())
    ledger.call("createCheckoutSession", creation())
    assert told(ledger) == [("payment.callback", "CHARGED"), ("payment.callback", "INVOICED")]


def test_the_parameters_come_in_the_order_of_the_page_and_end_with_the_checksum() -> None:
    ledger = Ledger()
    uuid = ledger.call("createCheckoutSession", creation(callback={"callbackUrl": URL}))[1]["data"]["orderUuid"]
    ledger.later(seconds=61)
    ledger.move("pay", uuid)
    (owed,) = ledger.obligations
    parts = urlsplit(str(owed.address))
    parameters = parse_qsl(parts.query)
    made, now = int(NOW.timestamp()), int(ledger.now.timestamp())
    assert parts._replace(query="").geturl() == URL
    assert parameters[:-1] == [
        ("orderUuid", uuid),
        ("status", "PAID"),
        ("paymentMethod", "visa"),
        ("amount", "4500"),
        ("createdAt", str(made)),
        ("timestamp", str(now)),
    ]
    expected = sha256(f"{uuid}PAIDvisa4500{made}{now}{SECRET}".encode()).hexdigest()
    assert parameters[-1] == ("checksum", expected)


def test_parameters_that_the_url_had_before_come_first_and_count() -> None:
    told_so = {"orderUuid": SENT, "status": "PAID"}
    made = address(Callback(url=f"{URL}?order_identifier=a%20b&status=success#top", secret="k"), told_so)
    parameters = parse_qsl(urlsplit(str(made)).query)
    assert parameters[:-1] == [("order_identifier", "a b"), ("status", "PAID"), ("orderUuid", SENT)]
    assert parameters[-1] == ("checksum", sha256(f"a bPAID{SENT}k".encode()).hexdigest())
    assert str(made).endswith("#top")


def test_a_merchant_without_a_secret_gets_no_checksum_and_one_without_an_address_no_call() -> None:
    ledger = Ledger(order(callbackUrl=URL, _account="fp-b"), order(uuid="ODR2"))
    ledger.move("pay")
    ledger.move("pay", "ODR2")
    with_address, without = ledger.obligations
    assert "checksum" not in str(with_address.address)
    assert (without.address, without.state.value, with_address.state.value) == (None, "settled", "open")
    assert ledger.call("getOrderStatusByUuid", by=STRANGER)[1]["data"]["status"] == "PAID"


values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(values.filter(bool), values, max_size=5), values)
def test_whoever_loops_over_everything_received_finds_the_same_checksum(before: dict[str, str], secret: str) -> None:
    """The vendor's sample handler, in other words: all values but the checksum, in order, and the key."""
    query = "&".join(f"p{number}=x" for number in range(len(before)))
    made = address(Callback(url=f"{URL}?{query}", secret=secret), {"orderUuid": SENT, **before})
    received = dict(parse_qsl(urlsplit(str(made)).query, keep_blank_values=True))
    given_checksum = received.pop("checksum")
    assert (
        given_checksum
        == checksum(received, secret)
        == sha256(("".join(received.values()) + secret).encode()).hexdigest()
    )

"""Cancel application, judged on a ledger in memory."""

from typing import get_args

import pytest

from countermand.dialects.skippay.lifecycle import STATE_OF
from countermand.dialects.skippay.reasons import REASONS
from countermand.dialects.skippay.requests import CancelReason
from countermand.model.reason import Reason
from tests.vendors.skippay.ledger import (
    CANCEL,
    CANCEL_APPLICATION,
    DELIVER,
    DETAIL,
    ID,
    RETURN,
    SEND,
    STRANGER,
    Ledger,
    application,
    czk,
    in_substate,
    request,
    vat,
)

REFUSED = {
    "REJECTED": "APPLICATION_REJECTED",
    "CANCELLED_NOT_PAID": "APPLICATION_ALREADY_CANCELLED",
    "CANCELLED_RETURNED": "APPLICATION_ALREADY_CANCELLED",
    "PROCESSING_VALIDATION_IN_PROGRESS": "APPLICATION_VALIDATION_IN_PROGRESS",
    "READY_PAID": "APPLICATION_PAID",
    "READY_SHIPPED": "NOT_SUPPORTED",
    "READY_DELIVERED": "NOT_SUPPORTED",
}


@pytest.mark.parametrize("reason", sorted(STATE_OF))
@pytest.mark.parametrize("financing", ["DEFERRED_PAYMENT", "PAY_IN_THREE"])
def test_each_substate_that_forbids_it_has_its_own_code(reason, financing):
    ledger = Ledger({**in_substate(reason), "type": financing})
    code = REFUSED.get(reason, "")
    assert ledger.codes(CANCEL_APPLICATION) == (422 if code else 200, code)


@pytest.mark.parametrize("body", [None, b"null", {}, {"reason": None, "customReason": None}])
def test_it_cancels_the_application_and_everything_in_it(body):
    ledger = Ledger()
    status, answer = ledger.put(CANCEL_APPLICATION, body)
    assert status == 200
    assert (answer["id"], answer["state"], answer["stateReason"]) == (ID, "CANCELLED", "CANCELLED_NOT_PAID")
    assert answer["order"]["state"] == "CANCELLED"
    assert {shown["state"] for shown in answer["order"]["items"]} == {"CANCELLED"}
    assert answer["order"]["totalPrice"] == czk(0)
    assert answer["order"]["totalVat"] == [vat(0, 21), vat(0, 12)]
    assert [event.type for _, event in ledger.events] == ["order.cancelled"]
    assert ledger.notified() == ["CANCELLED_NOT_PAID"]
    assert ledger.put(DETAIL)[1] == answer


@pytest.mark.parametrize("reason", get_args(CancelReason))
def test_a_reason_is_kept_and_comes_back_as_the_vendors_word(reason):
    ledger = Ledger()
    ledger.put(CANCEL_APPLICATION, {"reason": reason, "customReason": "because"})
    data = ledger.events[-1][1].data
    assert data["note"] == "because"
    assert REASONS.theirs[Reason(data["reason"])] == reason


def test_every_reason_of_ours_has_a_word_of_theirs():
    assert set(REASONS.theirs) == set(Reason)
    assert set(REASONS.ours) == set(get_args(CancelReason))
    assert set(REASONS.theirs.values()) <= set(REASONS.ours)


@pytest.mark.parametrize("body", [b"{", [], {"reason": "BORED"}, {"reason": 1}, {"customReason": 1}])
def test_a_bad_request_is_400(body):
    assert Ledger().codes(CANCEL_APPLICATION, body) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("prepared", [(SEND,), (DELIVER,), (SEND, RETURN)])
def test_it_is_refused_once_anything_was_sent(prepared):
    ledger = Ledger()
    for operation in prepared:
        ledger.put(operation, {"items": [{"code": "MUG-1"}]})
    assert ledger.codes(CANCEL_APPLICATION) == (422, "NOT_SUPPORTED")


def test_after_some_items_were_cancelled_the_rest_goes_with_the_application():
    ledger = Ledger()
    ledger.put(CANCEL, {"items": [{"code": "TEA-100"}], "totalPrice": czk(30000), "totalVat": [vat(1, 21)]})
    _, answer = ledger.put(CANCEL_APPLICATION)
    assert answer["order"]["totalPrice"] == czk(0)


@pytest.mark.parametrize("caller", [None, STRANGER])
def test_an_unknown_application_is_not_found(caller):
    wire = request({"reason": "BORED"}, applicationId=ID if caller else "nope")
    status, answer = Ledger().call(CANCEL_APPLICATION, wire, *([caller] if caller else []))
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


def test_an_application_that_is_only_being_decided_can_be_cancelled_but_its_items_can_not():
    ledger = Ledger(application(state="PROCESSING", stateReason="PROCESSING_PREAPPROVED"))
    assert ledger.codes(CANCEL) == (422, "NOT_SUPPORTED")
    assert ledger.codes(CANCEL_APPLICATION) == (200, "")

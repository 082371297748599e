"""`GET /problems/{code}`: what a problem's `type` leads to. The same sentences stand in docs/reference/refusals.md, by a test.

A person with a browser gets a page, a program the same as JSON.
"""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Final

from countermand.dialects.contract import Fault, FaultKind, WireAnswer, WireRequest
from countermand.dialects.native.problems import CAUSES, FAULTS, OF_BULKS, REFUSALS, REMEDIES, RETRYABLE, encode_fault
from countermand.dialects.wire import json_answer

#: Status and title by code, of everything that is ever refused.
CODES: Final[Mapping[str, tuple[int, str]]] = {
    **{refusal.value: said for refusal, said in REFUSALS.items()},
    **{cause.value: said for cause, said in CAUSES.items()},
    **{code: (status, title) for status, code, title in FAULTS.values()},
    **OF_BULKS,
}

#: By code: what it means, and what to do.
SAID: Final[Mapping[str, tuple[str, str]]] = {
    "KEY_REUSED": (
        "An idempotency key, or an `operation_id` of the order, was used before with another body.",
        "Use a new key for a new request. Send the same body to get the same answer again.",
    ),
    "UNKNOWN_ORDER": (
        (
            "There is no such order for this key's tenant. An order of another tenant gets the same answer, so "
            "nothing is learnt from it."
        ),
        "Check the id. An order of another dialect is named `{dialect}~{order_id}`.",
    ),
    "ALREADY_EXISTS": (
        "There is an order with the id that the new one was given.",
        "Read it, or place the new one under another id.",
    ),
    "VERSION_MISMATCH": (
        "`If-Match` names a version that is not the order's version now.",
        "Read the order, decide again, send the new ETag.",
    ),
    "VENDOR_RULE": (
        "A rule that only this vendor has forbids it; the code told is the vendor's own.",
        "The vendor's page says what the rule is.",
    ),
    "ALREADY_CANCELLED": (
        (
            "The order is cancelled, and the vendor's API calls that an error. Ours gives a second cancel the first one's "
            "record with status 200, unless it asks for a charge that was kept then: `blocked_by` names it."
        ),
        "Nothing: it is as you wanted it. For a kept charge, restore the cancellation and cancel with `charges: cancel`.",
    ),
    "STATUS_FORBIDS": (
        "The order's lifecycle does not allow it in this status, which `state` names.",
        (
            "`allowed_actions` says what the lifecycle allows instead, `moves` which words `transitionOrder` takes; "
            "what has been shipped can be returned."
        ),
    ),
    "UNITS_ALREADY_SHIPPED": (
        "This vendor cancels whole orders only, and units of this one have left. `blocked_by` names their lines.",
        "Return what was shipped.",
    ),
    "UNKNOWN_LINE": (
        "No line has the names that were given. `errors[].pointer` says where.",
        "Read the order's lines.",
    ),
    "LINE_CLOSED": (
        "The line is there, and nothing of it is open: all is cancelled or has left.",
        "Return what was shipped.",
    ),
    "AMBIGUOUS_LINE": (
        "More than one line matches, and a quantity was given, so it is not known of which.",
        "Name the line by its id.",
    ),
    "QUANTITY_TOO_LARGE": (
        "More units were asked for than are open.",
        "Read the order: another cancel or a shipment may have come between.",
    ),
    "NOTHING_OPEN": (
        "There are no units left that this could be done to.",
        "Return what was shipped.",
    ),
    "AMOUNT_IMPOSSIBLE": (
        "An amount was stated that is not positive, in another currency, or more than the order still costs.",
        "State an amount within what the order still costs.",
    ),
    "KEY_IN_USE": (
        "The first request with this key is not answered yet.",
        "Send the same request again after `Retry-After`: it gets the answer of the first.",
    ),
    "UNKNOWN_CANCELLATION": (
        "The order is there and has no cancellation of this id.",
        "List the order's cancellations.",
    ),
    "UNKNOWN_OBLIGATION": (
        "The order is there and has no obligation of this id.",
        "List the order's obligations.",
    ),
    "UNKNOWN_SHIPMENT": (
        "The order is there and has no shipment of this id.",
        "Read the order's shipments.",
    ),
    "IF_MATCH_REQUIRED": (
        "The tenant's policy demands that a cancel says which version of the order it is about.",
        "Read the order and send its ETag as `If-Match`.",
    ),
    "PREVIEW_EXPIRED": (
        "The preview token is older than 15 minutes.",
        "Preview again.",
    ),
    "CANCELLATION_PENDING": (
        (
            "Another cancellation of the order waits for approval or for its time. `blocked_by` names it, `detail` says "
            "whether it is `requested` or `scheduled`."
        ),
        "Approve what is requested, or reject or withdraw it, first.",
    ),
    "POLICY_FORBIDS": (
        "The tenant's policy does not list the order's status among those in which may be cancelled.",
        "Change the policy, or the order's status.",
    ),
    "WINDOW_CLOSED": (
        (
            "More time has passed since placement than the policy's window. The last instant of the window still "
            "belongs to the customer."
        ),
        "Nothing, unless the policy changes.",
    ),
    "FULFILMENT_CLAIMED": (
        "Fulfilment holds a stop-ship lease on units that the cancel wants. `Retry-After` says when it ends by itself.",
        "Try again then, or have the claim released.",
    ),
    "APPROVAL_REQUIRED": (
        'The policy wants somebody to agree, and this vendor\'s API has no way to say "later".',
        "Cancel through the native API, whose answer can wait for approval.",
    ),
    "SAME_PERSON": (
        (
            "The policy's approval, or a bulk of more than 1,000 orders, wants four eyes, and the request came with the key that "
            "now approves, or from the person of that name."
        ),
        "Have somebody else approve with another key. For single cancels, `approval.four_eyes` may be set to `false`.",
    ),
    "ON_HOLD": (
        "The order is on hold, so nothing may leave or be claimed for picking. Cancelling stays possible.",
        "Release the hold.",
    ),
    "NOT_PENDING": (
        "The cancellation is decided already, or `scheduled`, and takes effect without anybody's agreement; `detail` says which.",
        "Nothing; what is scheduled can be withdrawn or rejected.",
    ),
    "DECISION_TOO_LATE": (
        "The request has timed out; its policy decides, not a person.",
        "Ask anew.",
    ),
    "NOT_CANCELLED": (
        "Only a cancellation that is in effect can be restored; `detail` says what this one is.",
        "Nothing.",
    ),
    "RESTORABLE_IN_PART": (
        "Some of what the cancel did outside is done and can't be undone by us. `blocked_by` names those obligations.",
        "Restore with `in_part: true`; the answer lists what was not restored.",
    ),
    "NOT_RESTORABLE": (
        (
            "The units are no longer as they were cancelled (they turned out to be shipped), or the vendor's "
            "lifecycle has no way back."
        ),
        "Place a new order.",
    ),
    "OBLIGATION_CLOSED": (
        "The obligation is settled, waived or withdrawn.",
        "Nothing.",
    ),
    "PREVIEW_DIFFERS": (
        "Executing the preview would do something else than was previewed; `previewed` and `now` show the difference.",
        "Preview again and look.",
    ),
    "UNAUTHENTICATED": (
        "No key was sent, or it is unknown, revoked or expired.",
        "Send `Authorization: Bearer <key>`.",
    ),
    "WRONG_TENANT": (
        "The key belongs to another tenant than the one that was named.",
        "Use that tenant's key.",
    ),
    "FORBIDDEN": (
        "The key lacks the operation's scope, which `detail` names.",
        "Use a key with that scope.",
    ),
    "RATE_LIMITED": (
        "The key's limit of requests is used up. `Retry-After` and `RateLimit` say until when.",
        "Wait.",
    ),
    "NO_ROUTE": (
        "There is nothing at this path.",
        "Check the path.",
    ),
    "WRONG_METHOD": (
        "This path has other methods; `Allow` lists them.",
        "Use one of those.",
    ),
    "BODY_TOO_LARGE": (
        "The body is longer than a megabyte.",
        "Send less, or use the import.",
    ),
    "MALFORMED": (
        "The body is no JSON, or the `Idempotency-Key` is missing or malformed: `errors` then names the header.",
        "Send JSON, and a key of 1 to 255 characters.",
    ),
    "INVALID": (
        (
            "The body is JSON, but members of it are not as they should be. `errors` says which, each with a JSON "
            "Pointer; what is wrong with the query or a header stands under `parameter`. Unknown members are refused: "
            "a misspelt `quantity` must not cancel a whole line."
        ),
        "Correct them.",
    ),
    "UNAVAILABLE": (
        "The database can't be reached. Nothing is known to have been changed.",
        "Send the same request with the same key again after `Retry-After`.",
    ),
    "INTERNAL": (
        "A bug of ours. It is not stored under your idempotency key.",
        "Send the same request with the same key again, and tell us the `request_id`.",
    ),
    "BULK_NOT_FOUND": (
        "There is no such bulk cancellation.",
        "List the bulk cancellations.",
    ),
    "BULK_STATE_FORBIDS": (
        "The bulk cancellation's state forbids it; `detail` says what it is.",
        "Read it; `allowed_actions` says what is possible.",
    ),
}


#: What a cache has to look at before it gives this answer to somebody else.
_VARY: Final = ("Vary", "Accept")


def encode(wire: WireRequest) -> WireAnswer:
    code = wire.params["code"].upper()
    if code not in CODES:
        return encode_fault(Fault(kind=FaultKind.NO_ROUTE, detail="there is no such problem"), wire)
    (status, title), (meaning, advice) = CODES[code], SAID[code]
    leads_on = REMEDIES.get(code, ())
    if "text/html" in wire.headers.get("accept", ""):
        page = _page((code, f"{status} {title}"), meaning, advice, leads_on)
        return WireAnswer(status=200, body=page.encode(), headers=(("Content-Type", "text/html; charset=utf-8"), _VARY))
    document = {
        "code": code,
        "status": status,
        "title": title,
        "meaning": meaning,
        "advice": advice,
        "allowed_actions": list(leads_on),
        "retryable": code in RETRYABLE,
    }
    return json_answer(200, document, (_VARY,))


def _page(heads: tuple[str, str], meaning: str, advice: str, leads_on: Iterable[str]) -> str:
    code, head = heads
    actions = ", ".join(f"<code>{html.escape(name)}</code>" for name in leads_on)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{code}</title></head>\n'
        f"<body><h1>{code}</h1>\n<p><strong>{html.escape(head)}</strong></p>\n<p>{_marked(meaning)}</p>\n"
        f"<p><em>What to do:</em> {_marked(advice)}</p>\n"
        + (f"<p>Operations that lead on: {actions}</p>\n" if actions else "")
        + "</body></html>\n"
    )


def _marked(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))

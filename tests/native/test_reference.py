"""The reference pages say what the code does."""

import re

from countermand.dialects.native.bulkoperations import OPERATIONS as OF_MANY
from countermand.dialects.native.explaining import CODES, SAID
from countermand.dialects.native.operations import OPERATIONS
from countermand.dialects.native.problems import CAUSES, FAULTS, OF_BULKS, REFUSALS, REMEDIES
from countermand.model.outcome import Cause, Refusal
from countermand.model.policy import Policy
from tests.shape.source import ROOT

REFERENCE = ROOT / "docs" / "reference"
COMPLAINTS = ("test_complaints.py", "test_more_complaints.py")


def read(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


PAGE = read("refusals.md")


def expected() -> dict[str, int]:
    """Every code with its status, in the order of precedence."""
    found = {refusal.value: REFUSALS[refusal][0] for refusal in Refusal}
    found |= {cause.value: CAUSES[cause][0] for cause in Cause}
    found |= {code: status for status, code, _ in FAULTS.values()}
    return found | {code: status for code, (status, _) in OF_BULKS.items()}


def test_every_code_has_its_heading_in_the_order_of_precedence_with_its_status():
    page = re.findall(r"^### `(\w+)`\n\n\*\*(\d+)\*\*", PAGE, flags=re.MULTILINE)
    assert [(code, int(status)) for code, status in page] == list(expected().items())


def test_what_is_served_of_a_code_is_what_the_page_says_of_it():
    """`type` of every problem leads to these sentences; the page has them word for word."""
    assert set(SAID) == set(CODES) == set(expected())
    sections = re.findall(r"^### `(\w+)`\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    told = {code: " ".join(text.split()) for code, text in sections}
    for code, (meaning, advice) in SAID.items():
        _, title = CODES[code]
        assert told[code].endswith(f" {meaning} *What to do:* {advice}"), code
        assert code == "UNAUTHENTICATED" or f"** {title}. " in told[code], code


def test_what_a_refusal_advises_is_an_operation():
    names = {one.route.operation for one in (*OPERATIONS, *OF_MANY)}
    assert {name for names_ in REMEDIES.values() for name in names_} - names == set()


def test_every_conflict_says_what_leads_on():
    """For two of them the order's lifecycle or the bulk's state says it; for all others a table does."""
    by_state = {"STATUS_FORBIDS", "BULK_STATE_FORBIDS"}
    assert {code for code, status in expected().items() if status in {409, 412}} - by_state <= set(REMEDIES)


def test_every_complaint_has_a_test_with_its_number():
    page = (ROOT / "docs" / "explanation" / "complaints.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", page, flags=re.MULTILINE)]
    tests = "".join((ROOT / "tests" / "native" / name).read_text(encoding="utf-8") for name in COMPLAINTS)
    assert numbers == list(range(1, 36))
    assert set(numbers) - {int(number) for number in re.findall(r"^def test_(\d\d)_", tests, re.MULTILINE)} == set()


def test_every_operation_is_in_the_reference():
    page = read("native.md")
    figures = [one for one in OF_MANY if one.route.path.startswith("/analytics")]
    assert [one.route.operation for one in figures if f"`{one.route.operation}`" not in read("figures.md")] == []
    assert [one.route.operation for one in OPERATIONS if f"`{one.route.operation}`" not in page] == []
    assert [one.route.path for one in OPERATIONS if f"`{one.route.method} {one.route.path}`" not in page] == []


def test_every_member_of_a_policy_is_in_the_reference():
    shown = {"cancellable", "window_seconds", "cooling_off_seconds", "fees", "approval", "undo_window_seconds"}
    shown |= {"unpaid_expiry_seconds", "if_match_required", "ask_fulfilment"}
    assert len(shown) == len(Policy.__struct_fields__)
    page = read("policy.md")
    assert [name for name in sorted(shown) if f"`{name}`" not in page] == []

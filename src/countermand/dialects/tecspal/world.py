"""A sandbox world in this vendor's words.

`accounts` of `{"token", "tenant_id", "companies": [codes], "name"?}`; `orders` as Get Order By Id shows them, with their
`companyCode`; and, for what stands around them, `companies`, `employees`, `hardwares`, `catalog` and `movement_requests`, each
as its list shows it. Accounts with one `tenant_id` share everything. Documents may be partial; null is the same as absent. What
has no account to belong to is nobody's to see, and left out.
"""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ConfigDict

from countermand.dialects.contract import SCOPES, AccountSeed, Seeded, World
from countermand.model.keys import RecordKey
from countermand.model.order import Order

from .documents import Facts, Open
from .entries import Entry, Numbers, entries, once
from .fixtures import Companies, companies_in, records_in
from .keeping import COMPANY, ORDER_NUMBER, company_facets, record
from .name import NAME
from .order import Head, amount_of, counted, new_order
from .requests import Text, check
from .switches import COUNTRY, CURRENCY, SEND_TO, STATUS_AT_CREATE


class AccountBody(BaseModel):
    """A token is for one tenant; without `companies` it is for every company of the tenant that its documents name."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    token: Text
    tenant_id: Text
    companies: tuple[Text, ...] | None = None
    name: Text | None = None


def account(document: Mapping[str, object]) -> AccountSeed:
    """The header `tenant_id` must be the token's own; no page knows any scope."""
    body = check(AccountBody, document)
    attributes: dict[str, object] = {"client": body.name or body.tenant_id}
    if body.companies is not None:
        attributes["companies"] = list(body.companies)
    return AccountSeed(
        realm=body.tenant_id,
        secret=body.token,
        scopes=SCOPES,
        claims={"tenant_id": body.tenant_id},
        attributes=attributes,
    )


def world(given: World) -> Seeded:
    known = companies_in(given)
    found = list(entries(given, "orders"))
    numbers = Numbers(found, ORDER_NUMBER)
    orders = tuple(_orders(found, known, numbers=numbers))
    named = (
        record(RecordKey(tenant, NAME, COMPANY, code), given.now, body=company, facets=company_facets(company))
        for (tenant, code), company in known.items()
    )
    return Seeded(orders=orders, records=(*named, *records_in(given, known), *numbers.records(given.now)))


def _orders(found: list[Entry], known: Companies, *, numbers: Numbers) -> Iterator[Order]:
    seen: set[tuple[str, str]] = set()
    for entry in found:
        identity = entry.identity()
        once(entry, seen, identity)
        created = entry.instant("createdAt", entry.now)
        head = Head(
            tenant=entry.tenant,
            order_id=identity,
            status=entry.text("status", STATUS_AT_CREATE),
            created_at=created,
            updated_at=entry.instant("updatedAt", created),
            currency=entry.text("currency", CURRENCY),
        )
        yield new_order(head, _facts(entry, known, number=numbers.number_of(entry)))


def _facts(entry: Entry, known: Companies, *, number: object) -> Facts:
    code = entry.code
    company = known.get((entry.tenant, code))
    return entry.shaped(
        Facts,
        companyCode=code,
        companyName=entry.text("companyName", company.name if company else code),
        webhookUrl=company.webhook_url if company else None,
        orderNumber=number,
        countryCode=entry.text("countryCode", company.country_code if company else COUNTRY),
        sendTo=entry.text("sendTo", SEND_TO),
        hardwares=_hardwares(entry),
    )


def _hardwares(entry: Entry) -> list[Open]:
    """Each request with an id, unique in its order, and an amount."""
    listed = entry.document.get("hardwares", [])
    if not isinstance(listed, list):
        raise entry.wrong("hardwares", "must be an array")
    found: dict[str, Open] = {}
    for index, hardware in enumerate(listed):
        if not isinstance(hardware, dict):
            raise entry.wrong(f"hardwares.{index}", "must be an object")
        identity = hardware.get("id") or entry.new_id()
        if not isinstance(identity, str) or "\x00" in identity or identity in found:
            raise entry.wrong(f"hardwares.{index}.id", "must be a string that no other request of the order has")
        found[identity] = counted({**hardware, "id": identity}, amount_of(hardware))
    return list(found.values())

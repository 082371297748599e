"""What stands around the orders of a sandbox world: companies, employees, hardware, the catalogue, movement requests."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from countermand.dialects.contract import World
from countermand.dialects.wire import iso_millis
from countermand.model.record import Record

from .documents import CatalogItem, Company, KeptEmployee, KeptHardware, KeptMovement
from .entries import Entry, Numbers, entries, once
from .keeping import (
    CATALOG,
    EMPLOYEE,
    EMPLOYEE_BY_ID,
    HARDWARE,
    MOVEMENT,
    MOVEMENT_NUMBER,
    employee_facets,
    hardware_facets,
    movement_facets,
    record,
)
from .lifecycle import IN_STORAGE, PROCESSING, WITH_EMPLOYEE
from .people import ACTIVE
from .switches import COUNTRY, HANDLED_BY

#: Companies by tenant and code.
Companies = Mapping[tuple[str, str], Company]


def companies_in(given: World) -> dict[tuple[str, str], Company]:
    """Those of the collection, and of those that an account or an order only names, as much as is known: the code."""
    found: dict[tuple[str, str], Company] = {}
    for entry in entries(given, "companies"):
        once(entry, set(found), entry.code)
        found[entry.tenant, entry.code] = _company(entry)
    named = [
        (account.tenant, str(code))
        for account in given.accounts
        if isinstance(codes := account.seed.attributes.get("companies"), list)
        for code in codes
    ]
    named += [
        (entry.tenant, entry.code)
        for entry in entries(given, "orders")
        if entry.code and "companies" not in entry.account.seed.attributes
    ]
    for tenant, code in named:
        if (tenant, code) not in found:
            found[tenant, code] = _unknown(code, given)
    return found


def _company(entry: Entry) -> Company:
    code = entry.code
    if not code:
        raise entry.wrong("companyCode", "is required")
    return entry.shaped(
        Company,
        id=entry.identity(),
        createdAt=iso_millis(entry.instant("createdAt", entry.now)),
        name=entry.text("name", code),
        legalNumber=entry.text("legalNumber", ""),
        countryCode=entry.text("countryCode", COUNTRY),
        companyCode=code,
        contactEmail=entry.text("contactEmail", ""),
        phone=entry.text("phone", ""),
    )


def _unknown(code: str, given: World) -> Company:
    return Company(
        id=given.new_id(),
        created_at=iso_millis(given.now),
        name=code,
        legal_number="",
        country_code=COUNTRY,
        company_code=code,
        contact_email="",
        phone="",
    )


def records_in(given: World, known: Companies) -> Iterator[Record]:
    """Everything but the orders and their counters."""
    for entry in entries(given, "employees"):
        yield from _employee(entry, known)
    for entry in entries(given, "hardwares"):
        yield _hardware(entry, known)
    for entry in entries(given, "catalog"):
        yield from _catalog(entry)
    movements_in = list(entries(given, "movement_requests"))
    numbers = Numbers(movements_in, MOVEMENT_NUMBER)
    for entry in movements_in:
        yield _movement(entry, known, numbers=numbers)
    yield from numbers.records(given.now)


def _employee(entry: Entry, known: Companies) -> Iterator[Record]:
    created = entry.instant("createdAt", entry.now)
    email = entry.text("email", f"{entry.identity()}@example.com")
    employee = entry.shaped(
        KeptEmployee,
        id=entry.identity(),
        createdAt=iso_millis(created),
        updatedAt=iso_millis(entry.instant("updatedAt", created)),
        email=email,
        status=entry.text("status", ACTIVE),
        countryCode=entry.text("countryCode", COUNTRY),
        companyCode=entry.code,
        companyName=entry.text("companyName", _name(entry, known)),
        **{name: entry.text(name, "") for name in ("firstName", "lastName", "phone", "governmentDNI")},
        **{name: entry.text(name, "") for name in ("address", "postCode")},
    )
    facets = employee_facets(employee)
    for kind, identity in ((EMPLOYEE, employee.email), (EMPLOYEE_BY_ID, employee.id)):
        yield record(entry.key(kind, identity), created, body=employee, facets=facets)


def _hardware(entry: Entry, known: Companies) -> Record:
    """Who has it is in its `employeeProfile`; with one, its status is EMPLOYEE unless it says otherwise."""
    profile = entry.document.get("employeeProfile")
    holder = profile.get("id", "") if isinstance(profile, dict) else ""
    hardware = entry.shaped(
        KeptHardware,
        id=entry.identity(),
        status=entry.text("status", WITH_EMPLOYEE if profile else IN_STORAGE),
        countryCode=entry.text("countryCode", COUNTRY),
        companyCode=entry.code,
        companyName=entry.text("companyName", _name(entry, known)),
    )
    facets = hardware_facets(hardware, str(holder))
    return record(entry.key(HARDWARE, hardware.id), entry.now, body=hardware, facets=facets)


def _catalog(entry: Entry) -> Iterator[Record]:
    """An item, or what Get Catalog shows: items under the code of their country."""
    nested = [(country, item) for country, items in entry.document.items() if isinstance(items, list) for item in items]
    if not nested:
        yield _catalog_item(entry)
    for country, item in nested:
        if not isinstance(item, dict):
            raise entry.wrong(country, "must be an array of objects")
        said = {"countryCode": country, **{name: value for name, value in item.items() if value is not None}}
        yield _catalog_item(replace(entry, document=said, path=f"{entry.path}.{country}"))


def _catalog_item(entry: Entry) -> Record:
    """Prices and stocks are strings on the wire; a world may say numbers."""
    texts = {name: str(entry.document.get(name, "0")) for name in ("price", "stock")}
    country = entry.text("countryCode", COUNTRY)
    item = entry.shaped(CatalogItem, id=entry.identity(), countryCode=country, **texts)
    return record(entry.key(CATALOG, item.id), entry.now, body=item, facets={"countryCode": country})


def _movement(entry: Entry, known: Companies, *, numbers: Numbers) -> Record:
    created = entry.instant("createdAt", entry.now)
    kind = entry.text("type", "ONBOARDING")
    movement = entry.shaped(
        KeptMovement,
        id=entry.identity(),
        movementRequestNumber=numbers.number_of(entry),
        createdAt=iso_millis(created),
        updatedAt=iso_millis(entry.instant("updatedAt", created)),
        type=kind,
        status=entry.text("status", PROCESSING),
        sendTo=entry.text("sendTo", "EMPLOYEE" if kind == "ONBOARDING" else "STORAGE"),
        handledBy=entry.text("handledBy", HANDLED_BY),
        countryCode=entry.text("countryCode", COUNTRY),
        companyCode=entry.code,
        companyName=entry.text("companyName", _name(entry, known)),
    )
    return record(entry.key(MOVEMENT, movement.id), created, body=movement, facets=movement_facets(movement))


def _name(entry: Entry, known: Companies) -> str:
    company = known.get((entry.tenant, entry.code))
    return company.name if company else entry.code

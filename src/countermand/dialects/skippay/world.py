"""A sandbox world: applications in the vendor's own shape, filled in where they say nothing (README, "Worlds")."""

from msgspec.structs import replace
from pydantic import ValidationError

from countermand.dialects.contract import Account, CallerFault, Fault, FaultKind, FieldFault, Seeded, World as Given
from countermand.model.order import Order
from countermand.model.record import Record

from .create import NUMBER, recurrence_record
from .lifecycle import CLOSED, STATE_OF
from .seeding import order_of
from .seeds import SeedApplication, SeedWorld


def world(given: Given) -> Seeded:
    """Raises CallerFault with what is wrong and where."""
    orders: dict[tuple[str, str], Order] = {}
    records: list[Record] = []
    for index, application in enumerate(_read(given)):
        _check(application, index)
        owner = _owner(application, given.accounts)
        if owner is None:
            continue
        order = order_of(application, owner, given=given)
        key = (order.tenant, order.order_id)
        if key in orders:
            raise _wrong(f"applications.{index}.id", "there is another application with this id")
        orders[key] = order
        if application.recurrence is not None:
            records.append(recurrence_record(order, application.recurrence.id))
    return Seeded(orders=_named_once(tuple(orders.values())), records=tuple(records))


def _read(given: Given) -> list[SeedApplication]:
    try:
        return SeedWorld.model_validate({"applications": given.document.get("applications", [])}).applications
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        fields = tuple(FieldFault(path=".".join(map(str, fault["loc"])), message=fault["msg"]) for fault in found)
        raise CallerFault(Fault(kind=FaultKind.INVALID, fields=fields)) from error


def _check(application: SeedApplication, index: int) -> None:
    reason, state = application.state_reason, application.state
    if reason is not None and state not in {None, STATE_OF[reason]}:
        raise _wrong(f"applications.{index}.stateReason", f"{reason} is not a substate of {state}")


def _owner(application: SeedApplication, accounts: tuple[Account, ...]) -> str | None:
    """The tenant of the account that the application names, or of the first one. What no account owns is nobody's to see."""
    return next((account.tenant for account in accounts if application.account in {None, account.token}), None)


def _named_once(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Of several applications with one order number the last holds it, one that is alive before one that isn't."""
    holders: dict[tuple[str, str], Order] = {}
    for order in orders:
        name = (order.tenant, order.aliases[NUMBER])
        if name not in holders or order.status not in CLOSED or holders[name].status in CLOSED:
            holders[name] = order
    kept = {id(order) for order in holders.values()}
    return tuple(order if id(order) in kept else replace(order, aliases={}) for order in orders)


def _wrong(path: str, message: str) -> CallerFault:
    return CallerFault(Fault(kind=FaultKind.INVALID, fields=(FieldFault(path=path, message=message),)))

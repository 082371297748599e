"""Assets, single devices by serial number: create, get, list, update, delete.

Pages: https://docs.flexportal.io/api-reference/assets/{create,get,list,update,delete}.md, checked 2026-11-21.

Which rental a device is in is asked of the order that rents it: an order holds its devices as aliases, the latest order wins.
"""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Notice, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, GetRecord, Query
from countermand.model.record import Record

from .caller import owner_of
from .catalogue import sold
from .codes import Rule, not_found, refused, ruled
from .reading import read, read_optional
from .record_lists import RecordList, listed
from .records import ASSET, RENTAL, VARIANT, changed, key_of, new, shown
from .rental import ACTIVE, device_alias
from .rentals import about_rental
from .requests import ASSET_STATUSES, CreateAsset, UpdateAsset

LIST: Final = listed(
    RecordList(
        kind=ASSET,
        key="assets",
        sorts={
            "createdAt": "created_at",
            "serialNumber": "id",
            **{name: name for name in ("updatedAt", "status", "sku")},
        },
        filters=("status", "sku", "customerId", "rentalId"),
    )
)


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetRecord(key=key_of(caller, ASSET, wire.params["serialNumber"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """The bare Asset."""
    del wire
    asset = found[0]
    return json_answer(200, shown(asset)) if isinstance(asset, Record) else not_found("Asset")


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    """The SKU must be in the catalogue and active; the product's name comes from there unless it is given."""
    asked = read(wire.body, CreateAsset)
    key, variant_key = key_of(caller, ASSET, asked.serial_number), key_of(caller, VARIANT, asked.sku)

    def plan(held: Held) -> Plan | Refused:
        if key in held.records:
            return ruled(Rule.ASSET_EXISTS, None)
        variant = sold(held.records.get(variant_key))
        if isinstance(variant, Rule):
            return ruled(variant, None)
        named = {"productName": variant.get("variantName", asked.sku), "status": asked.status}
        asset = new(owner_of(caller), ASSET, {**named, **asked.sent()}, at=held.now)
        return Plan(records=(asset,), note=asset)

    return Ask(records=(key, variant_key), plan=plan)


def decode_update(wire: WireRequest, caller: Caller) -> Ask:
    """The status of a device can't be changed while it is in a subscription; anything else can."""
    asked = read_optional(wire.body, UpdateAsset)
    return _writing(wire, caller, asked.sent())


def decode_delete(wire: WireRequest, caller: Caller) -> Ask:
    """A soft delete: the device is unavailable, and still there."""
    return _writing(wire, caller, {"status": "unavailable"})


def _writing(wire: WireRequest, caller: Caller, change: dict[str, object]) -> Ask:
    serial = wire.params["serialNumber"]
    key = key_of(caller, ASSET, serial)
    status = change.get("status")

    def plan(held: Held) -> Plan | Refused:
        asset = held.records.get(key)
        if asset is None:
            return ruled(Rule.ASSET_UNKNOWN, None)
        if status is not None and status not in ASSET_STATUSES:
            return ruled(Rule.INVALID_STATUS, None)
        rental = _renting(held, asset)
        moves = status is not None and status != asset.facets.get("status")
        if moves and rental is not None and rental.facets.get("status") == ACTIVE:
            return ruled(Rule.ASSET_IN_USE, None)
        freed = {"rentalId": None, "customerId": None} if status == "available" else {}
        after = changed(asset, {**change, **freed}, now=held.now)
        return Plan(records=(after,), notices=_told(asset, rental, held) if moves else (), note=after)

    return Ask(order=caller.alias(*device_alias(serial)), records=(key,), order_kinds=(RENTAL.name,), plan=plan)


def _renting(held: Held, asset: Record) -> Record | None:
    """The latest rental of the device, in the order that rented it last."""
    rentals = [one for one in held.of_kind(RENTAL.name) if one.facets.get("serialNumber") == asset.record_id]
    return rentals[-1] if rentals else None


def _told(asset: Record, rental: Record | None, held: Held) -> tuple[Notice, ...]:
    """A device that was with a customer is back. An early return has said so already."""
    back = asset.facets.get("status") == "rented_out" and rental is not None
    if not back or rental is None or rental.facets.get("status") == "ended_early_return":
        return ()
    return (about_rental("asset.returned", rental, at=held.now),)


def _answer(verdict: Verdict, *, status: int, message: str) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert isinstance(verdict.note, Record)
    return json_answer(status, {"success": True, "message": message, "asset": shown(verdict.note)})


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _answer(verdict, status=201, message="Asset created successfully")


def encode_update(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _answer(verdict, status=200, message="Asset updated successfully")


def encode_delete(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    serial = wire.params["serialNumber"]
    return json_answer(200, {"success": True, "message": "Asset deleted successfully", "serialNumber": serial})

"""Erasing: all of what is old and free, nothing else, and nothing at all in a dry run."""

from datetime import timedelta

from msgspec.structs import replace

from countermand.model.keys import OrderKey
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.query import GetOrder, GetRecord, ListEvents, Listing, ListOrders
from countermand.service.housekeeping import Housekeeping, Purged, Retention
from countermand.store.port import Wanted, Writes
from tests.store.ledger import NOW, TENANT, Ledger, alias, claim, event, key, order, record, thing

LATER = NOW + timedelta(days=1)


def free(order_id: str, **members: object):
    """An order that holds nothing."""
    made = order(order_id, facets={"colour": "red"}, aliases={"number": order_id}, **members)
    return replace(made, lines=tuple(replace(line, reserved_milli=0) for line in made.lines))


def owed(order_id: str, state: ObligationState) -> Obligation:
    return Obligation(
        obligation_id=f"b-{order_id}",
        tenant=TENANT,
        dialect="native",
        order_id=order_id,
        kind="notice",
        type="x",
        created_at=NOW,
        state=state,
    )


def purge(ledger: Ledger, retention: Retention, *, dry_run: bool = False) -> Purged:
    return ledger.run(Housekeeping(ledger.store).purge(retention, dry_run=dry_run))


def fill(ledger: Ledger) -> None:
    ledger.put(free("old"), free("young", updated_at=LATER), free("owing"), free("settled"), order("reserved"))
    ledger.put(records=[record("mine", order_id="old", facets={"size": "s"}), record("free")], claims=[claim()])
    writes = Writes(obligations=[owed("owing", ObligationState.OPEN), owed("settled", ObligationState.SETTLED)])
    writes.events = [(key(name), event(1)) for name in ("old", "young", "owing")]
    ledger.transact(Wanted(orders={key("old")}), lambda _: writes)


def test_an_old_order_goes_with_everything_that_is_kept_of_it(ledger: Ledger):
    fill(ledger)
    assert purge(ledger, Retention(orders_before=NOW + timedelta(hours=1))) == Purged(orders=2, kept=1)
    assert ledger.find(GetOrder(key=key("old"))) is None
    assert ledger.find(GetOrder(key=alias("old"))) is None
    assert ledger.find(GetRecord(key=thing("mine"))) is None
    assert ledger.find(ListEvents(key=key("old"))).items == ()
    listed = ledger.find(ListOrders(tenant=TENANT, dialect="native", listing=Listing(facets={"colour": "red"})))
    assert {one.order_id for one in listed.items} == {"young", "owing"}


def test_what_is_young_owed_for_or_held_stays(ledger: Ledger):
    fill(ledger)
    purge(ledger, Retention(orders_before=NOW + timedelta(hours=1)))
    assert [ledger.find(GetOrder(key=key(name))) is not None for name in ("young", "owing", "reserved")] == [True] * 3
    assert ledger.find(GetRecord(key=thing("free"))) == record("free")


def test_events_go_without_their_order(ledger: Ledger):
    fill(ledger)
    assert purge(ledger, Retention(events_before=NOW + timedelta(hours=1))).events_of == 3
    assert ledger.find(ListEvents(key=key("old"))).items == ()
    assert len(ledger.find(ListEvents(key=key("young"))).items) == 1
    assert len(ledger.find(ListEvents(key=key("owing"))).items) == 1
    assert ledger.find(GetOrder(key=key("old"))) is not None


def test_a_dry_run_counts_and_changes_nothing(ledger: Ledger):
    fill(ledger)
    until = NOW + timedelta(hours=1)
    counted = purge(ledger, Retention(orders_before=until, events_before=until), dry_run=True)
    assert counted == Purged(orders=2, events_of=3, kept=1)
    assert ledger.find(GetOrder(key=key("old"))) == free("old")
    assert len(ledger.find(ListEvents(key=key("old"))).items) == 1


def test_every_tenant_is_walked_through_and_none_is_mixed_with_another(ledger: Ledger):
    many = [replace(free(f"o{n}"), tenant=f"t{n % 3}", aliases={}) for n in range(30)]
    for tenant in ("t0", "t1", "t2"):
        ledger.put(*(one for one in many if one.tenant == tenant))
    assert purge(ledger, Retention(orders_before=LATER)).orders == 30
    assert ledger.find(GetOrder(key=OrderKey("t1", "native", "o1"))) is None

"""Decides a batch: each ask in turn, on the rows as the asks before it left them. Pure.

Two asks for one order see each other. An ask that is refused, or whose plan raises, leaves no trace on the rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Change, Dialect, Held, Notice, Plan
from countermand.dialects.wire import to_facts
from countermand.engine import Around, decide
from countermand.engine.around import NOTHING
from countermand.model.command import Command, Place
from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation, ObligationState, Owed
from countermand.model.order import Order
from countermand.model.outcome import Accepted, Cancellation, CancellationState, Done, Refusal, Refused, Verdict
from countermand.model.policy import Policy
from countermand.model.record import Record
from countermand.model.timer import Timer
from countermand.service import expiry
from countermand.store.port import Loaded, Writes

#: The kind of the timer of a pending cancellation.
PENDING: Final = "cancellation.pending"

_COMPLETED: Final = CancellationState.COMPLETED
_NO_COMPANIONS: Final[Mapping[RecordKey, Record]] = {}


@dataclass(slots=True)
class _Change:
    """What one ask does to one order: the commands applied so far."""

    before: Order | None
    order: Order
    events: list[Event] = field(default_factory=list)
    cancellation: Cancellation | None = None
    owed: tuple[Owed, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    obligations: tuple[Obligation, ...] = ()

    def add(self, outcome: Accepted) -> None:
        self.order = outcome.order
        self.events += outcome.events
        self.cancellation = outcome.cancellation or self.cancellation
        if outcome.owed or outcome.cancellations or outcome.obligations:
            self.owed += outcome.owed
            self.cancellations += outcome.cancellations
            self.obligations += outcome.obligations


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a batch is decided by besides its rows: who speaks for an order, and what its tenant allows.

    `policies` is by (tenant, dialect) and holds only what somebody has set.
    """

    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    policies: Mapping[tuple[str, str], Policy] = field(default_factory=dict)


NO_RULES: Final = Rules()


class Sheet:
    """The rows of a batch while it is decided, and what will be written of them."""

    def __init__(self, loaded: Loaded, new_id: Callable[[], str], rules: Rules = NO_RULES) -> None:
        self.loaded = loaded
        self.writes = Writes()
        self._new_id = new_id
        self._rules = rules

    def judge(self, dialect: Dialect, ask: Ask, now: datetime) -> Verdict:
        """One ask: plan it, decide its commands, note what follows. All of it or nothing."""
        held = self.held(ask, now)
        plan = ask.plan(held)
        if isinstance(plan, Refused):
            return plan
        changes = self._decide(dialect, held.order, plan, now)
        if isinstance(changes, Refused):
            return changes
        if plan.dry or plan.veto is not None:
            foreseen = self._foresee(held, plan, changes)
            if plan.veto is not None and (refused := plan.veto(foreseen)) is not None:
                return refused
            if plan.dry:
                return foreseen
        done = self._accept(dialect, held, plan, changes)
        return self._trace(done, ask.trace) if ask.trace and done.obligations else done

    def _trace(self, done: Done, trace: str) -> Done:
        """What is owed now belongs to the trace in which it was asked for."""
        owed = tuple([replace(one, trace=trace) for one in done.obligations])
        self.writes.obligations[-len(owed) :] = owed
        return replace(done, obligations=owed)

    def held(self, ask: Ask, now: datetime) -> Held:
        """What an ask may look at, as it stands now."""
        loaded = self.loaded
        key = ask.order if isinstance(ask.order, OrderKey) or ask.order is None else loaded.names.get(ask.order)
        records = {key: record for key in ask.records if (record := loaded.records.get(key))}
        if ask.order_kinds and key is not None:
            records |= _beside(loaded.records, key, ask.order_kinds)
        history = loaded.histories.get(key) if ask.history and key is not None else None
        return Held(
            order=loaded.orders.get(key) if key else None,
            records=records,
            now=now,
            new_id=self._new_id,
            timer=loaded.timers.get(ask.timer) if ask.timer else None,
            policy=self._policy_of(key) if self._rules.policies else None,
            cancellations=None if history is None else tuple(history.cancellations),
            obligations=() if history is None else tuple(history.obligations),
        )

    def _decide(
        self, dialect: Dialect, held: Order | None, plan: Plan, now: datetime
    ) -> dict[OrderKey, _Change] | Refused:
        changes: dict[OrderKey, _Change] = {}
        for command in plan.commands:
            key = command.order.key if isinstance(command, Place) else held.key if held else None
            if key is None:
                return Refused(refusal=Refusal.UNKNOWN_ORDER)
            change = changes.get(key)
            before = change.order if change else self.loaded.orders.get(key)
            outcome = self._decide_one(dialect, before, command, now)
            if isinstance(outcome, Refused):
                return outcome
            if change is None:
                change = changes[key] = _Change(before, outcome.order)
            change.add(outcome)
        return changes

    def _decide_one(self, dialect: Dialect, order: Order | None, command: Command, now: datetime) -> Accepted | Refused:
        kind = command.order.kind if isinstance(command, Place) else order.kind if order else "order"
        if order is not None and order.dialect != dialect.name:
            dialect = self._rules.dialects[order.dialect]
        return decide(order, command, dialect.lifecycles[kind], now, around=self._around(order))

    def _around(self, order: Order | None) -> Around:
        if order is None or not (self._rules.policies or self.loaded.histories):
            return NOTHING
        history = self.loaded.histories.get(order.key)
        return Around(
            policy=self._rules.policies.get((order.tenant, order.dialect)),
            cancellations=() if history is None else tuple(history.cancellations),
            obligations=() if history is None else tuple(history.obligations),
        )

    def _foresee(self, held: Held, plan: Plan, changes: Mapping[OrderKey, _Change]) -> Done:
        """What would happen, with nothing of it written. Notices are left out: they are the vendor's own affair."""
        change = next(iter(changes.values()), None)
        if change is None:
            return Done(order=held.order, note=plan.note)
        owed = [
            obligation_of(one, change.order, change.cancellation, obligation_id=self._new_id(), now=held.now)
            for one in change.owed
        ]
        return Done(
            order=change.order,
            events=tuple(change.events),
            cancellation=change.cancellation,
            obligations=tuple(owed),
            note=plan.note,
        )

    def _accept(self, dialect: Dialect, held: Held, plan: Plan, changes: Mapping[OrderKey, _Change]) -> Done:
        events: list[Event] = []
        owed: list[Obligation] = []
        for key, change in changes.items():
            if change.events:
                speaker = dialect if key.dialect == dialect.name else self._rules.dialects[key.dialect]
                self._write_order(speaker, key, change)
                owed += self._traced(speaker, change, held.now)
                self.writes.events += [(key, event) for event in change.events]
                events += change.events
            if change.owed or change.cancellations or change.obligations:
                owed += self._settle(change, held.now)
            if change.cancellation is not None:
                self._write_cancellation(change.cancellation)
        records = tuple([self._write_record(record) for record in plan.records])
        first = next(iter(changes.values()), None)
        order = first.order if first else held.order
        if plan.notices:
            owed += self._told(dialect, plan.notices, order, held.now)
        if plan.owed and order is not None:
            owed += [obligation_of(one, order, None, obligation_id=self._new_id(), now=held.now) for one in plan.owed]
        self.writes.obligations += owed
        if plan.ended or plan.timers:
            self._set_timers(plan)
        return Done(
            order=order,
            events=tuple(events),
            cancellation=first.cancellation if first else None,
            records=records,
            obligations=tuple(owed),
            note=plan.note,
            cancellations=tuple([one for change in changes.values() for one in change.cancellations]),
            changed=tuple([one for change in changes.values() for one in change.obligations]),
        )

    def _settle(self, change: _Change, now: datetime) -> list[Obligation]:
        """Note what became of obligations and cancellations that there were; the new obligations."""
        owed = [
            obligation_of(one, change.order, change.cancellation, obligation_id=self._new_id(), now=now)
            for one in change.owed
        ]
        history = self.loaded.histories.get(change.order.key)
        for after in change.obligations:
            self.writes.changed_obligations[after.tenant, after.obligation_id] = after
        for record in change.cancellations:
            self._change_cancellation(record)
        if history is not None:
            changed = {one.obligation_id: one for one in change.obligations}
            history.obligations = [changed.get(one.obligation_id, one) for one in history.obligations] + owed
        return owed

    def _write_cancellation(self, record: Cancellation) -> None:
        """A new cancellation, or one that was pending until now: then it keeps the instant at which it was asked for."""
        if self.loaded.histories and self._is_known(record):
            return
        self.writes.cancellations.append(record)
        if record.state is not _COMPLETED and record.state.pending:
            self._time(record)

    def _is_known(self, record: Cancellation) -> bool:
        """Beside what is loaded of its order; a record that is there already is changed."""
        history = self.loaded.histories.get(OrderKey(record.tenant, record.dialect, record.order_id))
        if history is None:
            return False
        known = next((one for one in history.cancellations if one.cancellation_id == record.cancellation_id), None)
        if known is None:
            history.cancellations.append(record)
            return False
        asked = {"created_at": known.created_at, "stage": known.stage, "from_status": known.from_status}
        self._change_cancellation(replace(record, **asked))
        return True

    def _change_cancellation(self, record: Cancellation) -> None:
        self.writes.changed_cancellations[record.tenant, record.cancellation_id] = record
        history = self.loaded.histories.get(OrderKey(record.tenant, record.dialect, record.order_id))
        if history is not None:
            history.cancellations = [
                record if one.cancellation_id == record.cancellation_id else one for one in history.cancellations
            ]
        self._time(record)

    def _time(self, record: Cancellation) -> None:
        """A pending cancellation has a timer, and no other has."""
        timer = Timer(
            tenant=record.tenant,
            dialect=record.dialect,
            timer_id=f"{PENDING} {record.cancellation_id}",
            kind=PENDING,
            due_at=record.due_at or record.created_at,
            order_id=record.order_id,
            body=to_facts({"cancellation_id": record.cancellation_id}),
        )
        self.writes.timers[timer.key] = timer if record.state.pending else None

    def _set_timers(self, plan: Plan) -> None:
        for key in plan.ended:
            self.writes.timers[key] = None
            self.loaded.timers.pop(key, None)
        for timer in plan.timers:
            self.writes.timers[timer.key] = timer
            if timer.key in self.loaded.timers:
                self.loaded.timers[timer.key] = timer

    def _write_order(self, dialect: Dialect, key: OrderKey, change: _Change) -> None:
        before = change.before
        order = change.order
        facets = dialect.facets(order)
        if facets != order.facets:
            order = change.order = replace(order, facets=facets)
        self._count_stock(before, order)
        written = self.writes.orders.get(key)
        self.writes.orders[key] = (written[0] if written else before, order)
        self.loaded.orders[key] = order
        if before is None and self._rules.policies:
            self._let_expire(order)
        if order.aliases:
            for name, value in order.aliases.items():
                self.loaded.names[AliasKey(order.tenant, order.dialect, name, value)] = key

    def _let_expire(self, order: Order) -> None:
        """A new order that its tenant wants cancelled when it stays unpaid has a timer."""
        at = expiry.expires_at(order, self._policy_of(order.key))
        if at is not None:
            timer = expiry.timer_of(order, at)
            self.writes.timers[timer.key] = timer

    def _policy_of(self, key: OrderKey | None) -> Policy | None:
        return self._rules.policies.get((key.tenant, key.dialect)) if key else None

    def _count_stock(self, before: Order | None, after: Order) -> None:
        stock = self.writes.stock
        tenant, dialect = after.tenant, after.dialect
        for sign, order in ((-1, before), (1, after)):
            for line in order.lines if order else ():
                if line.reserved_milli:
                    place = (tenant, dialect, line.sku)
                    stock[place] = stock.get(place, 0) + sign * line.reserved_milli

    def _write_record(self, record: Record) -> Record:
        before = self.loaded.records.get(record.key)
        after = replace(record, version=1 if before is None else before.version + 1)
        written, _ = self.writes.records.get(record.key, (before, after))
        self.writes.records[record.key] = (written, after)
        if after.deleted:
            self.loaded.records.pop(record.key, None)
        else:
            self.loaded.records[record.key] = after
        return after

    def _traced(self, speaker: Dialect, change: _Change, now: datetime) -> list[Obligation]:
        """Leave the vendor's own traces of a change, whoever asked for it: its records, and whom it tells."""
        order = change.order
        companions = self._companions(speaker, order) if speaker.companions else _NO_COMPANIONS
        told = Change(before=change.before, after=order, events=tuple(change.events), companions=companions)
        for record in speaker.records(told):
            self._write_record(record)
        notices = speaker.notices(told)
        if not notices:
            return []
        cancellation_id = change.cancellation.cancellation_id if change.cancellation else None
        return [self._obligation(notice, order.key, now, cancellation_id) for notice in notices]

    def _companions(self, speaker: Dialect, order: Order) -> dict[RecordKey, Record]:
        named = [RecordKey(order.tenant, order.dialect, kind, record_id) for kind, record_id in speaker.companions]
        return {key: record for key in named if (record := self.loaded.records.get(key))}

    def _told(
        self, dialect: Dialect, notices: tuple[Notice, ...], order: Order | None, now: datetime
    ) -> list[Obligation]:
        if order is None:
            raise ValueError(f"a notice of {dialect.name} belongs to no order")
        return [self._obligation(notice, order.key, now, None) for notice in notices]

    def _obligation(self, notice: Notice, key: OrderKey, now: datetime, cancellation_id: str | None) -> Obligation:
        return Obligation(
            obligation_id=self._new_id(),
            tenant=key.tenant,
            dialect=key.dialect,
            order_id=key.order_id,
            kind="notice",
            type=notice.type,
            created_at=now,
            address=notice.address,
            body=notice.body,
            data=notice.data,
            state=ObligationState.OPEN if notice.address else ObligationState.SETTLED,
            cancellation_id=cancellation_id,
        )


def obligation_of(
    owed: Owed, order: Order, cancellation: Cancellation | None, *, obligation_id: str, now: datetime
) -> Obligation:
    """What is owed, as it is kept."""
    return Obligation(
        obligation_id=obligation_id,
        tenant=order.tenant,
        dialect=order.dialect,
        order_id=order.order_id,
        kind=owed.kind,
        type=owed.type,
        created_at=now,
        data=owed.data,
        cancellation_id=cancellation.cancellation_id if cancellation else owed.cancellation_id,
        amount_minor=owed.amount_minor,
        currency=owed.currency,
        next_try_at=owed.not_before or now,
        owner=owed.owner,
        state=ObligationState.OPEN if owed.owner == "relay" else ObligationState.PARKED,
    )


def _beside(records: Mapping[RecordKey, Record], key: OrderKey, kinds: tuple[str, ...]) -> dict[RecordKey, Record]:
    return {
        record.key: record
        for record in records.values()
        if record.order_id == key.order_id and record.dialect == key.dialect and record.tenant == key.tenant
        if record.kind in kinds
    }

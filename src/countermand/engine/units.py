"""The arithmetic of portions: which units a command means, and what they cost.

Price and tax of a part are shares of the portion it is split off; the rest keeps the remainder. So the portions of a line
add up to what was ordered, always, in any order and size of splits.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from countermand.model.command import Selector
from countermand.model.event import Taking
from countermand.model.money import share_minor
from countermand.model.order import Line, Order, Portion, PortionState
from countermand.model.outcome import Refusal, Refused

#: Tuples, not sets: membership in a short tuple is decided by identity, without hashing an enumeration member.
States = tuple[PortionState, ...]

#: Named once: looking a member up in its enumeration costs more than all else that is done with it on this path.
_OPEN: Final = PortionState.OPEN

OPEN: States = (_OPEN,)
NOT_YET_THERE: States = (PortionState.OPEN, PortionState.SHIPPED)
ON_THE_WAY: States = (PortionState.SHIPPED,)
GONE: States = (PortionState.SHIPPED, PortionState.DELIVERED)


#: The lines by each of their names.
Names = Mapping[tuple[str, str], list[Line]]

#: So many selectors look at every line faster than at a table of names that has to be made first.
SELECTORS_FEW: Final = 4


class Choice(Struct, frozen=True):
    """So many units of one line."""

    line: Line
    quantity_milli: int


def choose(order: Order, selectors: tuple[Selector, ...] | None, states: States) -> tuple[Choice, ...] | Refused:
    """The units that a command means among those in `states`; all goods there are when `selectors` is None.

    A line that is a charge is chosen by name only.
    """
    if selectors is None:
        return tuple(
            [Choice(line, left) for line in order.lines if not line.charge and (left := line.quantity_milli(*states))]
        )
    wanted: dict[str, int] = {}
    names = names_of(order, selectors)
    for selector in selectors:
        chosen = _choose_one(order, selector, named_by(order, selector, names), states)
        if isinstance(chosen, Refused):
            return chosen
        for choice in chosen:
            total = wanted.get(choice.line.line_id, 0) + choice.quantity_milli
            if total > choice.line.quantity_milli(*states):
                return _no(order, Refusal.QUANTITY_TOO_LARGE, selector, (choice.line,))
            wanted[choice.line.line_id] = total
    return tuple(Choice(line, wanted[line.line_id]) for line in order.lines if line.line_id in wanted)


def names_of(order: Order, selectors: tuple[Selector, ...]) -> Names | None:
    """Where many selectors look lines up by name; None: they are few, and each looks at every line."""
    if len(selectors) <= SELECTORS_FEW:
        return None
    found: dict[tuple[str, str], list[Line]] = {}
    for line in order.lines:
        for name in line.names.items():
            found.setdefault(name, []).append(line)
    return found


def named_by(order: Order, selector: Selector, names: Names | None) -> list[Line]:
    """The lines that a selector names."""
    among: Sequence[Line] = order.lines
    if names is not None and selector.names:
        among = names.get(next(iter(selector.names.items())), ())
    return [line for line in among if selector.matches(line)]


def _choose_one(
    order: Order, selector: Selector, named: Sequence[Line], states: States
) -> tuple[Choice, ...] | Refused:
    candidates = [line for line in named if line.quantity_milli(*states)]
    if not candidates:
        return _no(order, Refusal.LINE_CLOSED if named else Refusal.UNKNOWN_LINE, selector, named)
    if selector.quantity_milli is None:
        return tuple(Choice(line, line.quantity_milli(*states)) for line in candidates)
    if len(candidates) > 1:
        return _no(order, Refusal.AMBIGUOUS_LINE, selector, candidates)
    return (Choice(candidates[0], selector.quantity_milli),)


def _no(order: Order, refusal: Refusal, selector: Selector, lines: Sequence[Line]) -> Refused:
    blocked = tuple(line.line_id for line in lines)
    return Refused(refusal=refusal, order=order, pointer=selector.pointer, blocked_by=blocked)


def take(choices: tuple[Choice, ...], states: States, *, into: PortionState) -> tuple[Taking, ...]:
    """The takings that give the chosen units their new state.

    Within a line the earliest portions are taken first; the takings are listed from the last portion to the first, so that
    splitting one never moves the index of the next.
    """
    return tuple([taking for choice in choices for taking in _take_of_line(choice, states, into)])


def _take_of_line(choice: Choice, states: States, into: PortionState) -> list[Taking]:
    line = choice.line
    left, free, taken = choice.quantity_milli, line.reserved_milli, list[Taking]()
    for index, portion in enumerate(line.portions):
        if portion.state not in states or not left:
            continue
        price, tax, whole = portion.price_minor, portion.tax_minor, portion.quantity_milli
        quantity = min(left, whole)
        if quantity != whole:
            price, tax = share_minor(price, quantity, whole), share_minor(tax, quantity, whole)
        released = min(free, quantity) if portion.state is _OPEN else 0
        if into is _OPEN:
            released = -quantity
        taken.append(
            Taking(
                line_id=line.line_id,
                sku=line.sku,
                portion=index,
                state=into,
                quantity_milli=quantity,
                price_minor=price,
                tax_minor=tax,
                released_milli=released,
            )
        )
        left, free = left - quantity, free - released
    return taken[::-1]


def apply_all(lines: tuple[Line, ...], takings: tuple[Taking, ...], shipment_id: str | None = None) -> tuple[Line, ...]:
    """The lines after the takings, each applied in turn."""
    if not takings:
        return lines
    by_id = {line.line_id: line for line in lines}
    for taking in takings:
        by_id[taking.line_id] = apply(by_id[taking.line_id], taking, shipment_id)
    return tuple([by_id[line.line_id] for line in lines])


def apply(line: Line, taking: Taking, shipment_id: str | None) -> Line:
    """The line after one taking. Units that become open again join the open portion, if there is one."""
    portions = line.portions
    source = portions[taking.portion]
    carried = shipment_id if taking.state in GONE and shipment_id else source.shipment_id
    part = Portion(
        state=taking.state,
        quantity_milli=taking.quantity_milli,
        price_minor=taking.price_minor,
        tax_minor=taking.tax_minor,
        shipment_id=None if taking.state is _OPEN else carried,
    )
    rest = _less(source, part)
    pieces = (part,) if rest is None else (rest, part)
    portions = pieces if len(portions) == 1 else (*portions[: taking.portion], *pieces, *portions[taking.portion + 1 :])
    if taking.state is _OPEN:
        portions = _joined(portions)
    return Line(
        line_id=line.line_id,
        sku=line.sku,
        portions=portions,
        names=line.names,
        tax_rate_milli=line.tax_rate_milli,
        reserved_milli=line.reserved_milli - taking.released_milli,
        charge=line.charge,
    )


def _less(portion: Portion, part: Portion) -> Portion | None:
    if part.quantity_milli == portion.quantity_milli:
        return None
    return Portion(
        state=portion.state,
        quantity_milli=portion.quantity_milli - part.quantity_milli,
        price_minor=portion.price_minor - part.price_minor,
        tax_minor=portion.tax_minor - part.tax_minor,
        shipment_id=portion.shipment_id,
    )


def _joined(portions: tuple[Portion, ...]) -> tuple[Portion, ...]:
    opened = [portion for portion in portions if portion.state is PortionState.OPEN]
    joined = Portion(
        state=PortionState.OPEN,
        quantity_milli=sum(portion.quantity_milli for portion in opened),
        price_minor=sum(portion.price_minor for portion in opened),
        tax_minor=sum(portion.tax_minor for portion in opened),
    )
    return (joined, *(portion for portion in portions if portion.state is not PortionState.OPEN))

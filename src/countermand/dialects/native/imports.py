"""`POST /orders:import`: orders as NDJSON, one on each line, each as `POST /orders` would take it, its id included.

Each line stands alone: what is good is placed and what isn't is told with its number. With `mode=all` a single refused line
means that nothing is placed. `dry_run=true` decides everything and writes nothing. A line whose order is there already, with
the same lines, quantities and prices, is counted as known, so the same file may be sent again.
"""

from typing import Final

import msgspec
from msgspec.structs import replace

from countermand.dialects.contract import (
    WRITE,
    Ask,
    Caller,
    CallerFault,
    Fault,
    FaultKind,
    FieldFault,
    Held,
    Imported,
    LineMode,
    Lines,
    Plan,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.native import shapes
from countermand.dialects.native.operation import Operation, Parameter, Said, operation
from countermand.dialects.native.orders import decode_place
from countermand.dialects.native.problems import encode_fault, encode_refusal
from countermand.dialects.native.requesting import NO_KEY, wrong
from countermand.dialects.native.types import NewOrder
from countermand.dialects.wire import json_answer
from countermand.model.command import Place
from countermand.model.order import Order
from countermand.model.outcome import Refused, Verdict

#: What is frozen when an order is placed, whatever happened to it since.
Basis = tuple[object, ...]


def decode_line(wire: WireRequest, caller: Caller) -> Ask:
    """One order. Raises CallerFault when it has no id: without one, sending the file again would place it again."""
    try:
        ask = decode_place(wire, caller)
    except CallerFault as fault:
        # Beside an order without an id, an idempotency key would do; for a line of an import it would not.
        raise _missing_id() if _wants_key(fault) else fault from None
    if ask.order is None:
        raise _missing_id()

    def plan(held: Held) -> Plan | Refused:
        planned = ask.plan(held)
        if not isinstance(planned, Refused) or held.order is None:
            return planned
        fresh = ask.plan(replace(held, order=None))
        if isinstance(fresh, Plan) and [_basis(held.order)] == [
            _basis(command.order) for command in fresh.commands if isinstance(command, Place)
        ]:
            return Plan()
        return replace(planned, detail="there is an order with this id, and its lines, quantities or prices are others")

    return replace(ask, plan=plan, claim=None)


def _wants_key(fault: CallerFault) -> bool:
    return any(field.code == NO_KEY for field in fault.fault.fields)


def _missing_id() -> CallerFault:
    missing = FieldFault(path="/id", message="an imported order needs an id", code="MISSING")
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=missing.message, fields=(missing,)))


def _basis(order: Order) -> Basis:
    rows = (
        (
            line.line_id,
            line.sku,
            line.quantity_milli(),
            sum(portion.price_minor for portion in line.portions),
            sum(portion.tax_minor for portion in line.portions),
        )
        for line in order.lines
    )
    return (order.currency, *rows)


def told(what: Fault | Verdict, wire: WireRequest) -> tuple[str, str, str] | None:
    """Code, detail and pointer of what is wrong with a line: those of the problem that a single request would get."""
    if isinstance(what, Fault):
        answer = encode_fault(what, wire)
    elif isinstance(what, Refused):
        answer = encode_refusal(what, wire)
    else:
        return None
    problem = msgspec.json.decode(answer.body, type=_Problem)
    return problem.code, problem.detail, problem.errors[0].pointer if problem.errors else ""


class _Part(msgspec.Struct):
    """One member of a problem's `errors`."""

    pointer: str = ""


class _Problem(msgspec.Struct):
    """What a line's fault takes from a problem."""

    code: str
    detail: str
    errors: tuple[_Part, ...] = ()


def mode_of(wire: WireRequest) -> LineMode:
    """What the query says. Raises CallerFault for words that mean nothing."""
    mode, dry_run = wire.query_value("mode") or "each", wire.query_value("dry_run") or "false"
    if mode not in {"each", "all"}:
        raise wrong("mode", "must be each or all")
    if dry_run not in {"true", "false"}:
        raise wrong("dry_run", "must be true or false")
    return LineMode(rehearse=dry_run == "true", unanimous=mode == "all")


def encode(imported: Imported, wire: WireRequest) -> WireAnswer:
    """207, as for every answer that holds the outcomes of several requests; what was refused, by line."""
    del wire
    return json_answer(207, show(imported))


def show(imported: Imported) -> dict[str, object]:
    return {
        "lines": imported.lines,
        "placed": imported.placed,
        "known": imported.known,
        "refused": imported.refused,
        "whole": imported.whole,
        "dry_run": imported.rehearsed,
        "mode": "all" if imported.unanimous else "each",
        "errors": [
            {"line": fault.line, "code": fault.code, "detail": fault.detail, "pointer": fault.pointer}
            for fault in imported.faults
        ],
    }


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation(
        "POST /orders:import",
        "importOrders",
        Lines(decode=decode_line, told=told, mode=mode_of, encode=encode),
        Said(
            summary="Place many orders, one on each line",
            answers={207: shapes.ImportShown},
            scope=WRITE,
            body=NewOrder,
            parameters=(
                Parameter(name="mode", schema={"type": "string", "enum": ["each", "all"], "default": "each"}),
                Parameter(name="dry_run", schema={"type": "boolean", "default": False}),
            ),
            lines=True,
        ),
    ),
)

"""Injected faults: the sandbox answers slowly, refuses for a while, or loses an answer after the work was done.

That is what integrators can't get from a healthy server and must have handled: above all an answer that never came although
the cancellation is there (`when: after`).
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermand.api.exchange import Exchange
from countermand.api.routing import Match
from countermand.dialects.contract import CallerFault, Dialect, Fault, FaultKind, WireAnswer, WireRequest

#: Longest injected delay. Longer than any client waits.
DELAY_MS_MAX: Final = 120_000

#: Rules per vendor, and how often one may strike.
RULES_MAX: Final = 100
TIMES_MAX: Final = 1_000_000

#: What an injected refusal tells the caller to wait.
RETRY_AFTER_S: Final = 1


class Rule(BaseModel):
    """Strikes the next `times` calls of `operation` (an operationId, or `*` for any)."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    operation: str = "*"
    times: Annotated[int, Field(ge=1, le=TIMES_MAX)] = 1
    answer: Literal["unavailable", "internal", "rate_limited"] | None = None
    when: Literal["before", "after"] = "before"
    delay_ms: Annotated[int, Field(ge=0, le=DELAY_MS_MAX)] = 0


class Rules(BaseModel):
    """The document of `PUT /sandbox/{vendor}/faults`."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    faults: Annotated[list[Rule], Field(max_length=RULES_MAX)]


@dataclass(slots=True)
class _Armed:
    rule: Rule
    left: int


class Mischief:
    """The rules of every vendor, and how often each has still to strike."""

    def __init__(self) -> None:
        self._armed: dict[str, list[_Armed]] = {}

    def put(self, dialect: Dialect, rules: Rules) -> None:
        """Replace a vendor's rules. Raises CallerFault for an operation that the vendor does not have."""
        known = {route.operation for route in dialect.routes} | {"*"}
        strange = sorted({rule.operation for rule in rules.faults} - known)
        if strange:
            detail = f"no operation is named {strange[0]!r}; there are: {', '.join(sorted(known))}"
            raise CallerFault(Fault(kind=FaultKind.INVALID, detail=detail))
        self._armed[dialect.name] = [_Armed(rule, rule.times) for rule in rules.faults]

    def left(self, dialect: Dialect) -> list[dict[str, object]]:
        """The rules that have still to strike, each with how often."""
        return [{**armed.rule.model_dump(), "times": armed.left} for armed in self._armed.get(dialect.name, ())]

    def forget(self, dialect: Dialect) -> None:
        self._armed.pop(dialect.name, None)

    def next(self, dialect: str, operation: str) -> Rule | None:
        """The first rule for this call, used up by one."""
        rules = self._armed.get(dialect, [])
        for armed in rules:
            if armed.rule.operation in {"*", operation}:
                armed.left -= 1
                if not armed.left:
                    rules.remove(armed)
                return armed.rule
        return None


class MischievousExchange(Exchange):
    """Serves a dialect as `Exchange` does, except where a rule strikes."""

    mischief: Mischief

    async def serve(self, wire: WireRequest, found: Match | CallerFault, fault: Fault | None) -> tuple[WireAnswer, str]:
        rule = self.mischief.next(self.dialect.name, found.route.operation) if isinstance(found, Match) else None
        if rule is None:
            return await super().serve(wire, found, fault)
        if rule.delay_ms:
            await asyncio.sleep(rule.delay_ms / 1000)
        if rule.answer and rule.when == "before":
            return self._struck(rule, wire), "injected"
        answer = await super().serve(wire, found, fault)
        return (self._struck(rule, wire), "injected") if rule.answer else answer

    def _struck(self, rule: Rule, wire: WireRequest) -> WireAnswer:
        kind = FaultKind(rule.answer or FaultKind.INTERNAL)
        wait = None if kind is FaultKind.INTERNAL else RETRY_AFTER_S
        return self.tell(Fault(kind=kind, detail="injected by the sandbox", retry_after_s=wait), wire)

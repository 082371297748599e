"""Places what arrives line by line. Some hundred lines are one database transaction; nothing else is held in memory.

Rule 1: a line is decided as a single request would be, and its refusal is told in the same words, with its number.
Rule 2: what is committed stays. A body that breaks off leaves the lines before it placed, and sending it again from the start
finds them there: that is all it takes to resume.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import (
    Ask,
    Caller,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    Imported,
    LineFault,
    LineMode,
    Lines,
    Plan,
    WireRequest,
)
from countermand.model.outcome import Done, Refused, Verdict
from countermand.service.desk import Desk, Group

#: Lines in one database transaction: enough to share a commit, few enough that others hardly wait for it.
LINES_TOGETHER: Final = 512

#: Lines that can be placed all or none: they are one database transaction, and everybody waits for it.
UNANIMOUS_LINES_MAX: Final = 5_000

#: Refused lines that the answer tells one by one; beyond them they are counted.
FAULTS_TOLD_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines come from: the operation, the request that carries them, who sent it."""

    handler: Lines
    wire: WireRequest
    caller: Caller
    dialect: Dialect


@dataclass(slots=True)
class _Tally:
    """What has become of the lines so far, and what of the next transaction is read."""

    source: Source
    mode: LineMode
    told: Imported
    faults: list[LineFault] = field(default_factory=list)
    pending: list[tuple[int, Ask]] = field(default_factory=list)
    placing: asyncio.Task[None] | None = None
    read: int = 0

    def fault(self, line: int, what: Fault | Verdict) -> bool:
        """Count one line as refused, if it was."""
        words = self.source.handler.told(what, self.source.wire)
        if words is None:
            return False
        code, detail, pointer = words
        self.told = replace(self.told, refused=self.told.refused + 1)
        if len(self.faults) < FAULTS_TOLD_MAX:
            self.faults.append(LineFault(line=line, code=code, detail=detail, pointer=pointer))
        return True


class Importer:
    """Runs imports. `on_progress` hears how many lines are decided, after each transaction."""

    def __init__(self, desk: Desk, on_progress: Callable[[int], None] = lambda _: None) -> None:
        self._desk = desk
        self._on_progress = on_progress

    async def run(self, source: Source, lines: AsyncIterator[bytes]) -> Imported:
        mode = source.handler.mode(source.wire)
        tally = _Tally(source, mode, Imported(rehearsed=mode.rehearse, unanimous=mode.unanimous))
        together = UNANIMOUS_LINES_MAX if mode.unanimous else LINES_TOGETHER
        try:
            async for line in lines:
                self._read(tally, line)
                if len(tally.pending) > together and mode.unanimous:
                    raise CallerFault(
                        Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"at most {together} lines all or none")
                    )
                if len(tally.pending) >= together and not mode.unanimous:
                    await self._place_behind(tally)
        except CallerFault as broken:
            tally.fault(tally.read + 1, broken.fault)
            tally.told = replace(tally.told, whole=False)
        if tally.pending and not (mode.unanimous and tally.told.refused):
            await self._place_behind(tally)
        if tally.placing is not None:
            await tally.placing
        faults = sorted(tally.faults, key=lambda fault: fault.line)
        return replace(tally.told, lines=tally.read, faults=tuple(faults))

    async def _place_behind(self, tally: _Tally) -> None:
        """Begin to place what is pending, once what was before it is placed; the next lines are read while it commits."""
        if tally.placing is not None:
            await tally.placing
        pending, tally.pending = tally.pending, []
        tally.placing = asyncio.create_task(self._place(tally, pending))
        await asyncio.sleep(0)

    def _read(self, tally: _Tally, line: bytes) -> None:
        tally.read += 1
        if not line.strip():
            return
        source = tally.source
        try:
            ask = source.handler.decode(replace(source.wire, body=line), source.caller)
        except CallerFault as broken:
            tally.fault(tally.read, broken.fault)
        else:
            tally.pending.append((tally.read, ask))

    async def _place(self, tally: _Tally, pending: list[tuple[int, Ask]]) -> None:
        source = tally.source
        verdicts = await self._desk.together(
            Group(
                tenant=source.caller.tenant,
                asks=tuple((source.dialect, ask) for _, ask in pending),
                conclude=lambda _: Ask(plan=lambda _: Plan()),
                dialect=source.dialect,
                rehearse=tally.mode.rehearse,
                unanimous=tally.mode.unanimous,
            )
        )
        assert verdicts is not None, "nothing held it up"
        refused = sum(tally.fault(line, verdict) for (line, _), verdict in zip(pending, verdicts, strict=True))
        if not (refused and tally.mode.unanimous):
            known = sum(isinstance(verdict, Done) and not verdict.events for verdict in verdicts)
            accepted = sum(not isinstance(verdict, Refused) for verdict in verdicts)
            tally.told = replace(
                tally.told, placed=tally.told.placed + accepted - known, known=tally.told.known + known
            )
        self._on_progress(pending[-1][0])

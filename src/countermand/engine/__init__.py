"""May this happen, and what follows from it? Pure and total.

`decide` turns an order and a command into events or a refusal; `evolve` applies an event. The decisions: `cancel` (with
`allowance`, what restrains it, and `dues`, what it owes), `movements`, `restraints` (holds and leases), `late` (truth that
comes too late), `settlement` (obligations), `undoing`. The arithmetic: `units` of portions, `tenders` of payments; `standing`
reads an order's status off its portions.

Rule 1: nothing here reads a clock, a row or a setting; they arrive as arguments.
Rule 2: a refusal is a value. An exception from this package is a bug.
"""

from countermand.engine.around import Around
from countermand.engine.decide import decide
from countermand.engine.evolve import evolve

__all__ = ["Around", "decide", "evolve"]

"""May this happen, and what follows from it? Pure and total.

`decide` turns an order and a command into events or a refusal; `evolve` applies an event. `cancel` and `movements` hold the
decisions, `units` the arithmetic of portions, `standing` reads an order's status off them.

Rule 1: nothing here reads a clock, a row or a setting; they arrive as arguments.
Rule 2: a refusal is a value. An exception from this package is a bug.
"""

from countermand.engine.decide import decide
from countermand.engine.evolve import evolve

__all__ = ["decide", "evolve"]

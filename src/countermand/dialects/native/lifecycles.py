"""`GET /lifecycles`: every dialect's statuses, what may be done in which, and the legal moves between them.

What is shown are the tables that the engine decides by, so the published list and the enforced one can't differ.
"""

from collections.abc import Mapping

from countermand.dialects.contract import Dialect, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.lifecycle import Lifecycle


def encode(dialects: Mapping[str, Dialect], wire: WireRequest) -> WireAnswer:
    del wire
    items = [
        {"dialect": dialect.name, "title": dialect.title, "kind": kind, **_show(lifecycle)}
        for dialect in dialects.values()
        for kind, lifecycle in dialect.lifecycles.items()
    ]
    return json_answer(200, {"items": items})


def _show(lifecycle: Lifecycle) -> dict[str, object]:
    return {
        "initial": lifecycle.initial,
        "statuses": sorted(lifecycle.statuses),
        "cancellable": sorted(lifecycle.allowed.get("cancel", ())),
        "cancelled": sorted(lifecycle.cancelled),
        "allowed": {action: sorted(statuses) for action, statuses in lifecycle.allowed.items()},
        "moves": [
            {"status": status, "action": action, "leads_to": after}
            for (status, action), after in lifecycle.moves.items()
        ],
        "whole_only": lifecycle.whole_only,
    }

"""Which operation a path means, as a table."""

import pytest

from countermand.api.routing import Router
from countermand.dialects.contract import PUBLIC, CallerFault, FaultKind, Fixed, Route, WireAnswer

PATHS = ("/b/{id}", "/b/{id}:pause", "/b/{id}/x", "/b/fixed", "/b/{id}:pause/x", "/orders:import")
ROUTER = Router(
    Route(
        method="POST",
        path=path,
        operation=path,
        scope=PUBLIC,
        handler=Fixed(encode=lambda _: WireAnswer(status=200, body=b"")),
    )
    for path in PATHS
)


@pytest.mark.parametrize(
    ("path", "operation", "params"),
    [
        ("/b/1", "/b/{id}", {"id": "1"}),
        ("/b/fixed", "/b/fixed", {}),
        ("/b/1%2Fa", "/b/{id}", {"id": "1/a"}),
        ("/b/1:pause", "/b/{id}:pause", {"id": "1"}),
        ("/b/1:2:pause", "/b/{id}:pause", {"id": "1:2"}),
        ("/b/1:2", "/b/{id}", {"id": "1:2"}),
        ("/b/:pause", "/b/{id}", {"id": ":pause"}),
        ("/b/1:pause/x", "/b/{id}:pause/x", {"id": "1"}),
        ("/b/1/x", "/b/{id}/x", {"id": "1"}),
        ("/orders:import", "/orders:import", {}),
    ],
)
def test_a_path_means_one_operation(path: str, operation: str, params: dict[str, str]):
    match = ROUTER.match("POST", path)
    assert (match.route.operation, match.params) == (operation, params)


@pytest.mark.parametrize("path", ["/", "", "/b", "/b/", "/b//x", "/orders", "/orders:export", "/b/%FF", "/b/%00"])
def test_anything_else_means_none(path: str):
    with pytest.raises(CallerFault) as caught:
        ROUTER.match("POST", path)
    assert caught.value.fault.kind is FaultKind.NO_ROUTE


def test_a_known_path_with_another_method_says_which_there_are():
    with pytest.raises(CallerFault) as caught:
        ROUTER.match("GET", "/b/1:pause")
    assert caught.value.fault.allow == ("POST",)

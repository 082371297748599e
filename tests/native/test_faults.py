"""What a problem says of how to do better: who asks, which version, and which place is wrong."""

from tests.native.client import Answer, Api, new_order

CANCEL = "/orders/o1/cancellations"


def test_who_is_nobody_is_told_how_to_be_somebody(placed):
    told = [Api(placed.base, "stranger").get("/orders/o1"), placed.send("GET", "/v1/orders/o1", None, {})]
    assert [(one.status, one.headers["www-authenticate"]) for one in told] == [(401, "Bearer")] * 2
    assert "www-authenticate" not in placed.get("/orders/o1").headers


def test_a_version_that_is_demanded_is_told_with_the_way_to_it(placed):
    placed("PUT", "/policies/native", {"author": "ops", "if_match_required": True})
    for demanded in (placed.cancel(), placed.post("/orders/o1/cancellations:preview", {}, key=None)):
        assert (demanded.status, demanded["code"], demanded["retryable"]) == (428, "IF_MATCH_REQUIRED", False)
        assert (demanded["state"], demanded["version"], demanded["allowed_actions"]) == ("placed", 1, ["getOrder"])
    assert placed.post(CANCEL, {}, If_Match='"1"').status == 202


def test_orders_of_a_dialect_that_there_is_none_of_are_not_said_to_be_none(placed):
    told = placed.get("/orders?dialect=natvie")
    assert (told.status, told["errors"][0]["parameter"]) == (422, "dialect")
    assert len(placed.get("/orders?dialect=native")["items"]) == 1


def test_what_is_wrong_inside_a_bulk_or_an_import_is_named_where_it_stands(api):
    def places(told: Answer) -> list[str]:
        assert (told.status, told["code"]) == (422, "INVALID")
        return [one.get("pointer") or one["parameter"] for one in told["errors"]]

    begun = [
        {"reason": "whim"},
        {"lines": [{}]},
        {"preview_token": "x"},
        {"operation_id": "a", "validate_only": True},
    ]
    told = [places(api.post("/bulk-cancellations", {"filter": {}, "cancellation": one})) for one in begun]
    assert told == [
        ["/cancellation/reason"],
        ["/cancellation/lines/0"],
        ["/cancellation/preview_token"],
        ["/cancellation/operation_id"],
    ]
    assert places(api.post("/orders:import?mode=some", {}, key=None)) == ["mode"]
    assert places(api.post("/orders:import?dry_run=1", {}, key=None)) == ["dry_run"]
    nameless = {name: value for name, value in new_order().items() if name != "id"}
    for key in (None, "k-1"):
        told = api.post("/orders:import", nameless, key=key)["errors"]
        assert told == [{"line": 1, "code": "INVALID", "detail": "an imported order needs an id", "pointer": "/id"}]

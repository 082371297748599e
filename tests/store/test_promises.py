"""The promises of the port, one class each. Both adapters run all of them."""

import pytest
from msgspec.structs import replace

from countermand.model.keys import OrderKey
from countermand.model.query import GetOrder, GetRecord, ListEvents
from countermand.store.port import Judged, Loaded, Wanted, Writes
from countermand.store.postgres.committing import Unwritable
from countermand.store.sqlite.seen import LostUpdate
from tests.store.ledger import Ledger, alias, cancelled, claim, event, key, order, record, thing


class Broken(Exception):  # noqa: N818 - it is the test's own
    pass


class TestAllOrNothing:
    def test_everything_that_a_batch_writes_is_there_when_it_returns(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Writes:
            before, after = cancelled(loaded.orders[key()])
            return Writes(orders={key(): (before, after)}, events=[(key(), event(1))], claims=[claim()])

        ledger.put(order())
        ledger.transact(Wanted(orders={key()}), judge)
        found = ledger.load(Wanted(orders={key()}, claims={claim().key}))
        assert found.orders[key()] == cancelled(order())[1]
        assert found.claims[claim().key] == claim()
        events = ledger.find(ListEvents(key=key()))
        assert [one.sequence for one in events.items] == [1]

    def test_a_judge_that_raises_leaves_no_trace(self, ledger: Ledger):
        def judge(_: Loaded) -> Writes:
            raise Broken

        ledger.put(order())
        with pytest.raises(Broken):
            ledger.transact(Wanted(orders={key()}), judge)
        assert ledger.find(GetOrder(key=key())) == order()
        ledger.put(order("o2"))

    def test_one_row_that_does_not_fit_takes_the_others_back(self, ledger: Ledger):
        ledger.put(order(), order("o2"))
        writes = Writes(orders={key(): cancelled(order()), key("o2"): cancelled(order("o2", version=7))})
        with pytest.raises((LostUpdate, Unwritable)):
            ledger.transact(Wanted(), lambda _: writes)
        assert ledger.find(GetOrder(key=key())) == order()

    def test_what_is_not_written_is_not_changed(self, ledger: Ledger):
        ledger.put(order())
        ledger.transact(Wanted(orders={key()}), lambda _: Writes())
        assert ledger.find(GetOrder(key=key())) == order()


class TestNoTwoDecideOnOneVersion:
    def test_of_many_who_cancel_at_once_one_finds_it_open(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Judged[bool]:
            before = loaded.orders[key()]
            if before.status != "open":
                return Judged(Writes(), False)
            return Judged(Writes(orders={key(): cancelled(before)}, events=[(key(), event(1))]), True)

        ledger.put(order())
        outcomes = ledger.together(*(ledger.store.transact(Wanted(orders={key()}), judge) for _ in range(12)))
        assert sorted(outcomes) == [False] * 11 + [True]

    def test_of_many_with_one_idempotency_key_one_has_an_effect(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Judged[bytes]:
            used = loaded.claims.get(claim().key)
            if used is not None:
                return Judged(Writes(), used.body)
            body = str(len(made)).encode()
            made.append(body)
            return Judged(Writes(claims=[claim(body=body)]), body)

        made: list[bytes] = []
        outcomes = ledger.together(*(ledger.store.transact(Wanted(claims={claim().key}), judge) for _ in range(12)))
        assert len(set(outcomes)) == 1, outcomes

    def test_of_many_who_place_under_one_name_one_does(self, ledger: Ledger):
        def judge(mine: str):
            def decide(loaded: Loaded) -> Judged[str]:
                if alias("7") in loaded.names:
                    return Judged(Writes(), loaded.names[alias("7")].order_id)
                made = order(mine, aliases={"number": "7"})
                return Judged(Writes(orders={made.key: (None, made)}), mine)

            return decide

        works = (ledger.store.transact(Wanted(names={alias("7")}), judge(f"o{n}")) for n in range(8))
        assert len(set(ledger.together(*works))) == 1

    def test_of_many_who_make_one_record_one_does(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Judged[bool]:
            if thing() in loaded.records:
                return Judged(Writes(), False)
            return Judged(Writes(records={thing(): (None, record())}), True)

        outcomes = ledger.together(*(ledger.store.transact(Wanted(records={thing()}), judge) for _ in range(8)))
        assert sorted(outcomes) == [False] * 7 + [True]

    def test_a_count_kept_in_a_record_is_exact(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Judged[int]:
            before = loaded.records[thing()]
            count = int(before.body) + 1
            made = replace(before, version=before.version + 1, body=str(count).encode())
            return Judged(Writes(records={thing(): (before, made)}), count)

        ledger.put(records=[record(body=b"0")])
        outcomes = ledger.together(*(ledger.store.transact(Wanted(records={thing()}), judge) for _ in range(10)))
        assert sorted(outcomes) == list(range(1, 11))

    def test_nobody_adds_a_record_to_an_order_that_somebody_cancels_for_having_none(self, ledger: Ledger):
        def cancel(loaded: Loaded) -> Judged[str]:
            (before,) = loaded.orders.values()
            if loaded.records:
                return Judged(Writes(), "kept")
            return Judged(Writes(orders={before.key: cancelled(before)}), "cancelled")

        def add(loaded: Loaded) -> Judged[str]:
            (before,) = loaded.orders.values()
            if before.status != "open":
                return Judged(Writes(), "refused")
            made = record(before.order_id, order_id=before.order_id)
            return Judged(Writes(records={made.key: (None, made)}), "added")

        for number in range(10):
            place = key(f"o{number}")
            ledger.put(order(place.order_id))
            looking = Wanted(orders={place}, order_kinds={place: ("thing",)})
            outcomes = ledger.together(
                ledger.store.transact(looking, cancel), ledger.store.transact(Wanted(orders={place}), add)
            )
            assert outcomes in (["kept", "added"], ["cancelled", "refused"])


class TestNoDeadlock:
    def test_batches_that_name_orders_in_opposite_order_both_go_through(self, ledger: Ledger):
        def judge(loaded: Loaded) -> Writes:
            changes = ((one, replace(one, version=one.version + 1)) for one in loaded.orders.values())
            return Writes(
                orders={one.key: (one, after) for one, after in changes},
                stock={("t1", "native", f"s{n}"): 1 for n in range(5)},
            )

        ledger.put(*(order(f"o{n}") for n in range(20)))
        keys = [key(f"o{n}") for n in range(20)]
        batches = [Wanted(orders=set(keys[n:] + keys[:n])) for n in range(0, 20, 4)]
        outcomes = ledger.together(*(ledger.batch(wanted, judge) for wanted in batches))
        assert [one for one in outcomes if isinstance(one, BaseException)] == []
        assert ledger.find(GetOrder(key=key("o3"))).version == 1 + len(batches)


class TestReadsSeeWhatWasCommitted:
    def test_what_a_batch_wrote_is_found_at_once(self, ledger: Ledger):
        for number in range(20):
            ledger.put(order(f"o{number}", aliases={"number": str(number)}))
            assert ledger.find(GetOrder(key=alias(str(number)))).order_id == f"o{number}"

    def test_a_record_and_its_parent_are_found(self, ledger: Ledger):
        ledger.put(order(), records=[record(order_id="o1", facets={"colour": "red"}, body=b'{"a":1}')])
        assert ledger.find(GetRecord(key=thing())) == record(order_id="o1", facets={"colour": "red"}, body=b'{"a":1}')
        assert ledger.find(GetOrder(key=thing())) == order()


class TestTenantsAreApart:
    def test_the_same_id_of_two_tenants_is_two_orders(self, ledger: Ledger):
        ledger.put(order())
        other = OrderKey("t2", "native", "o1")
        assert ledger.load(Wanted(orders={other})).orders == {}
        assert ledger.find(GetOrder(key=other)) is None

    def test_a_name_a_claim_and_a_record_are_their_tenants_own(self, ledger: Ledger):
        ledger.put(order(aliases={"number": "7"}), records=[record()], claims=[claim()])
        wanted = Wanted(
            names={type(alias("7"))("t2", "native", "number", "7")},
            records={type(thing())("t2", "native", "thing", "r1")},
            claims={type(claim().key)("t2", "native cancel", "k1")},
        )
        found = ledger.load(wanted)
        assert (found.names, found.records, found.claims) == ({}, {}, {})


class TestKeysThatNoRowCanHave:
    @pytest.mark.parametrize("text", ["\0", "a\0b", "x" * 5_000, "'; DROP TABLE orders", "%", ""])
    def test_it_names_nothing_and_breaks_nothing(self, ledger: Ledger, text: str):
        wanted = Wanted(
            orders={key(text)}, names={alias(text)}, records={thing(text)}, order_kinds={key(text): ("thing",)}
        )
        found = ledger.load(wanted)
        assert (found.orders, found.names, found.records) == ({}, {}, {})
        assert ledger.find(GetOrder(key=key(text))) is None
        assert ledger.find(GetRecord(key=thing(text))) is None


class TestNamesMove:
    def test_the_latest_order_to_claim_a_name_has_it(self, ledger: Ledger):
        ledger.put(order("o1", aliases={"number": "7"}))
        ledger.put(order("o2", aliases={"number": "7"}))
        assert ledger.load(Wanted(names={alias("7")})).names == {alias("7"): key("o2")}

    def test_a_name_that_is_given_up_names_nothing_unless_another_has_it(self, ledger: Ledger):
        first, second = order("o1", aliases={"number": "7"}), order("o2", aliases={"number": "8"})
        ledger.put(first, second)
        swapped = Writes()
        swapped.orders[first.key] = (first, replace(first, version=2, aliases={"number": "8"}))
        swapped.orders[second.key] = (second, replace(second, version=2, aliases={"number": "9"}))
        ledger.transact(Wanted(orders={first.key, second.key}), lambda _: swapped)
        names = ledger.load(Wanted(names={alias("7"), alias("8"), alias("9")})).names
        assert names == {alias("8"): first.key, alias("9"): second.key}


def test_many_batches_side_by_side_add_up(ledger: Ledger):
    """Stock is changed by everybody and must come out exact."""

    def judge(order_id: str):
        def decide(loaded: Loaded) -> Judged[None]:
            before = loaded.orders[key(order_id)]
            return Judged(Writes(orders={before.key: cancelled(before)}, stock={("t1", "native", "s1"): -2_000}), None)

        return decide

    ledger.put(*(order(f"o{n}") for n in range(40)))
    works = (ledger.store.transact(Wanted(orders={key(f"o{n}")}), judge(f"o{n}")) for n in range(40))
    assert [one for one in ledger.together(*works) if one is not None] == []

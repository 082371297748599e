"""Clients that cancel one order after the other on servers that may die, and what must be true of what they were told."""

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from tests.process import Client, Process

ORDERS: Final = 1_500
KEY: Final = {"Authorization": "Bearer crash-key", "Accept": "application/json"}
WORLD: Final = {
    "accounts": [{"token": "crash-key", "merchant": "F1"}],
    "orders": [{"id": f"F1-{n:06d}", "order_status": "new_order", "reference_id": f"R{n}"} for n in range(ORDERS)],
    # So that every cancellation owes somebody a notice.
    "webhooks": [{"event": "order_notify", "url": "https://shop.example/hook"}],
}
#: What a call may be answered: done, refused because it is done, or not now.
STATUSES: Final = {200, 422, 503}


#: Clients at once, and how long they go on after the last victim is back.
SHOPPERS: Final = 6
AFTER_S: Final = 1.5


class Mortal(Protocol):
    """What can be killed, and comes back."""

    def kill(self) -> None: ...

    def start(self) -> None: ...


class Shopper(threading.Thread):
    """Cancels one order after the other on one server, comes back when it is gone, and remembers what it was told."""

    def __init__(self, servers: list[Process], seed: int) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self.strange: list[int] = []
        self.over = threading.Event()
        self._servers, self._chance = servers, random.Random(seed)

    def run(self) -> None:
        while not self.over.is_set():
            server = self._chance.choice(self._servers)
            with contextlib.suppress(OSError, http.client.HTTPException), Client(server.url, KEY) as client:
                while not self.over.is_set():
                    self._cancel(client, f"F1-{self._chance.randrange(ORDERS):06d}")
            time.sleep(0.05)

    def _cancel(self, client: Client, order_id: str) -> None:
        answer = client.call("POST", f"/fastpod/v1/orders/{order_id}/cancel")
        if answer.status == 200:
            self.acknowledged.append(order_id)
        if answer.status not in STATUSES:
            self.strange.append(answer.status)


def put_world(url: str) -> None:
    with Client(url) as client:
        assert client.call("PUT", "/sandbox/fastpod/world", WORLD).status == 204


def compare(url: str, shoppers: list[Shopper]) -> None:
    """Every acknowledged cancellation is there, none happened twice, and each is owed its notice."""
    acknowledged = Counter(order_id for shopper in shoppers for order_id in shopper.acknowledged)
    assert [shopper.strange for shopper in shoppers if shopper.strange] == []
    assert len(acknowledged) > len(shoppers), "the load never reached a server"
    assert [order_id for order_id, times in acknowledged.items() if times > 1] == []
    with Client(url, KEY) as client:
        effects = client.call("GET", "/sandbox/fastpod/effects").json()
    assert isinstance(effects, dict)
    events = Counter(event["order"] for event in effects["events"] if event["type"] == "order.cancelled")
    assert set(acknowledged) <= set(events), "an acknowledged cancellation is gone"
    assert [order_id for order_id, times in events.items() if times > 1] == []
    assert Counter(notice["order"] for notice in effects["notifications"]) == events, "owed in silence, or twice"


def shop_while_dying(servers: Sequence[Process], victims: Sequence[Mortal], chance: random.Random) -> None:
    """Start the servers and shop on them while one victim after the other is killed and started again; then compare."""
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        put_world(servers[0].url)
        shoppers = [Shopper(list(servers), seed) for seed in range(SHOPPERS)]
        for shopper in shoppers:
            shopper.start()
        for victim in victims:
            time.sleep(chance.uniform(0.4, 0.9))
            victim.kill()
            victim.start()
        time.sleep(AFTER_S)
        for shopper in shoppers:
            shopper.over.set()
            shopper.join()
        compare(servers[0].url, shoppers)

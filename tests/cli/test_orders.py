"""Orders from the command line and by import over HTTP: what is placed, what is refused, what happens on the second try."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.process import Answer, Client, Process

LINES = [{"sku": "a", "quantity": 2, "price": 1000}, {"sku": "b", "price": 500}]


def line(order_id: str | None = "o1", **members: object) -> str:
    given = {"currency": "EUR", "lines": LINES} | members
    return json.dumps(given if order_id is None else {"id": order_id, **given})


def told(run: Run, text: str, *words: str) -> tuple[int, dict[str, object]]:
    result = run("orders", "import", "-", "--tenant", "acme", "--json", *words, text=text)
    return result.exit_code, dict(json.loads(result.stdout))


def counts(imported: dict[str, object]) -> tuple[object, ...]:
    return imported["placed"], imported["known"], imported["refused"]


WRONG = "\n".join(
    [
        line("o1"),
        "not json",
        line(None),
        "",
        line("o2", currency="euro"),
        line("o1", currency="USD"),
        line("o3"),
        line("o3"),
    ]
)


def test_good_lines_are_placed_and_wrong_ones_told_by_number(run: Run):
    status, imported = told(run, WRONG)
    assert status == 1
    assert counts(imported) == (2, 1, 4)
    errors = imported["errors"]
    assert isinstance(errors, list)
    assert [(error["line"], error["code"]) for error in errors] == [
        (2, "MALFORMED"),
        (3, "INVALID"),
        (5, "INVALID"),
        (6, "ALREADY_EXISTS"),
    ]
    assert [error["pointer"] for error in errors][1:3] == ["/id", "/currency"]


def test_all_or_none_means_none(run: Run):
    assert counts(told(run, WRONG, "--all-or-none")[1])[0] == 0
    assert run("orders", "list", "--tenant", "acme").stdout == "No orders.\n"
    good = "\n".join(line(f"o{number}") for number in range(700))
    assert counts(told(run, good, "--all-or-none")[1]) == (700, 0, 0)
    assert counts(told(run, good + "\n" + line("o1", currency="USD"), "--all-or-none")[1]) == (0, 0, 1)


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run):
    assert run("migrate").exit_code == 0
    foretold = told(run, WRONG, "--dry-run")[1]
    assert run("orders", "list", "--tenant", "acme").stdout == "No orders.\n"
    happened = told(run, WRONG)[1]
    assert foretold["errors"] == happened["errors"]
    assert foretold["placed"] == happened["placed"]


def test_the_same_file_again_finds_everything_there_whatever_happened_to_it(run: Run):
    text = "\n".join(line(f"o{number}") for number in range(1_300))
    assert counts(told(run, text)[1]) == (1_300, 0, 0)
    assert run("cancel", "o7", "--line", "1=1", "--tenant", "acme").exit_code == 0
    status, imported = told(run, text)
    assert (status, counts(imported)) == (0, (0, 1_300, 0))


def test_orders_can_be_seen_and_cancelled_from_the_command_line(run: Run, tmp_path: Path):
    file = tmp_path / "orders.ndjson"
    file.write_text("\n".join(line(f"o{number}") for number in range(3)))
    assert run("orders", "import", str(file), "--tenant", "acme").stdout == "3 placed, 0 known, 0 refused\n"
    foretold = run("cancel", "o1", "--reason", "fraud", "--tenant", "acme", "--dry-run")
    assert (foretold.exit_code, foretold.stdout) == (0, "o1: would be cancelled\n")
    assert json.loads(run("orders", "get", "o1", "--tenant", "acme").stdout)["status"] == "placed"
    result = run("cancel", "o1", "nobody", "--reason", "fraud", "--tenant", "acme")
    assert result.exit_code == 1
    assert result.stdout.startswith("o1: completed (")
    assert "nobody: refused: UNKNOWN_ORDER" in result.stderr
    assert run("cancel", "o1", "--tenant", "acme").exit_code == 0
    assert json.loads(run("orders", "get", "o1", "--tenant", "acme").stdout)["status"] == "cancelled"
    listed = json.loads(run("orders", "list", "--tenant", "acme", "--status", "placed", "--json").stdout)
    assert [order["id"] for order in listed] == ["o2", "o0"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("cancel", "o1", "--tenant", "acme", "--reason", "because"), "INVALID"),
        (("cancel", "o1", "o2", "--line", "1", "--tenant", "acme"), "one order at a time"),
        (("cancel", "o1", "--line", "1=much", "--tenant", "acme"), "is not LINE or LINE=QUANTITY"),
        (("cancel", "o1", "--tenant", "acme", "--dialect", "nobody"), "is none of: "),
        (("orders", "get", "o1", "--tenant", "acme"), "No such order"),
        (("orders", "import", "/no/such/file", "--tenant", "acme"), "No such file"),
    ],
)
def test_a_mistake_is_told_in_a_line(words: tuple[str, ...], said: str, run: Run):
    assert run("orders", "import", "-", "--tenant", "acme", text="").exit_code == 0
    result = run(*words)
    assert result.exit_code > 0
    assert said in result.output


@pytest.fixture
def client(run: Run, database: str) -> Iterator[Client]:
    words = ("keys", "create", "--dialect", "native", "--tenant", "acme", "--scope", "orders:write", "--json")
    secret = json.loads(run(*words).stdout)["secret"]
    with Process(database) as server, Client(server.url, {"Authorization": f"Bearer {secret}"}) as found:
        yield found


def sent(client: Client, text: str, query: str = "") -> Answer:
    return client.call("POST", f"/v1/orders:import{query}", body=text.encode())


def test_an_import_over_http_is_the_same_import(client: Client):
    answer = sent(client, WRONG, "?dry_run=true")
    assert answer.status == 207
    assert counts(dict(json.loads(answer.body))) == (2, 1, 4)
    assert counts(dict(json.loads(sent(client, WRONG, "?mode=all").body)))[0] == 0
    # Larger than what any other call may send.
    text = "\n".join(line(f"o{number}", reference="r" * 150 + str(number)) for number in range(6_000))
    assert len(text) > 1024 * 1024
    assert counts(dict(json.loads(sent(client, text).body))) == (6_000, 0, 0)
    assert counts(dict(json.loads(sent(client, text + "\n").body))) == (0, 6_000, 0)
    assert sent(client, "", "?mode=some").status == 422
    long = json.loads(sent(client, line("fine") + "\n" + "x" * 1_100_000).body)
    assert (long["placed"], long["whole"], long["errors"][0]["code"]) == (1, False, "BODY_TOO_LARGE")
    assert client.call("POST", "/v1/orders:import", body=b"{}", headers={"Authorization": "Bearer no"}).status == 401

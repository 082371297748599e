"""Keys, from the command line to a vendor's route on a database that is no sandbox."""

import json
from pathlib import Path

import apsw
import httpx2 as httpx
import pytest
from click.testing import CliRunner

from countermand.cli import main
from countermand.dialects import catalog
from tests.cli.conftest import Run, serving

NATIVE = ("keys", "create", "--dialect", "native", "--tenant", "acme", "--json")


def made(run: Run, *words: str) -> dict[str, object]:
    result = run(*NATIVE, *words)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_a_key_opens_a_live_server_from_first_to_last(run: Run, database: str):
    every, reader = made(run, "--scope", "all"), made(run, "--scope", "orders:read")
    with serving(database) as url, httpx.Client(base_url=url) as client:
        order = {"id": "o-1", "currency": "EUR", "lines": [{"sku": "a", "price": 100}]}
        placed = client.post("/v1/orders", json=order, headers={"Authorization": f"Bearer {every['secret']}"})
        assert placed.status_code == 201, placed.text
        read = {"Authorization": f"Bearer {reader['secret']}"}
        assert client.get("/v1/orders/o-1", headers=read).status_code == 200
        assert client.post("/v1/orders", json=order, headers=read).status_code == 403
        assert run("keys", "revoke", str(reader["id"])).exit_code == 0
    with serving(database) as url, httpx.Client(base_url=url) as client:
        assert client.get("/v1/orders/o-1", headers=read).status_code == 401


def attributes_of(vendor: str) -> list[str]:
    """The attributes of the first account in the vendor's conformance cases, as words of the command line."""
    cases = Path(__file__).parents[1] / "conformance" / "cases" / f"{vendor}.json"
    account = json.loads(cases.read_text())["world"]["accounts"][0]
    return [
        word for name, value in account.items() if name != "token" for word in ("--attribute", spelled(name, value))
    ]


def spelled(name: str, value: object) -> str:
    return f"{name}={value}" if isinstance(value, str) else f"{name}:={json.dumps(value)}"


@pytest.mark.parametrize("vendor", [name for name in catalog.load() if name != "native"])
def test_every_vendor_gets_its_keys_the_same_way(vendor: str, run: Run):
    words = ("--dialect", vendor, "--tenant", "acme", "--scope", "orders:cancel", *attributes_of(vendor), "--json")
    result = run("keys", "create", *words)
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert shown["scopes"] == ["orders:cancel"]
    assert shown["tenant"] == "acme"


def test_the_secret_is_shown_once_and_stored_nowhere(run: Run, tmp_path: Path):
    secret = str(made(run, "--scope", "all")["secret"])
    assert secret not in run("keys", "list", "--json").stdout
    connection = apsw.Connection(str(tmp_path / "ledger.db"))
    assert all(
        secret.encode() not in (value if isinstance(value, bytes) else str(value).encode())
        for row in connection.execute("SELECT * FROM keys")
        for value in row
    )


def test_the_list_shows_live_keys_and_all_on_request(run: Run):
    first, second = (
        made(run, "--scope", "all", "--name", "shop [bold]"),
        made(run, "--scope", "all", "--expires", "90d"),
    )
    assert run("keys", "revoke", str(second["id"])).exit_code == 0
    table = run("keys", "list").stdout
    assert str(first["id"]) in table
    assert "shop [bold]" in table
    assert str(second["id"]) not in table
    assert str(second["id"]) in run("keys", "list", "--all").stdout
    assert run("keys", "list", "--tenant", "nobody").stdout == "No keys.\n"


def test_revoking_twice_changes_nothing(run: Run):
    key = str(made(run, "--scope", "all")["id"])
    first, second = (json.loads(run("keys", "revoke", key, "--json").stdout) for _ in range(2))
    assert first == second
    assert run("keys", "revoke", "no-such-key").exit_code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--dialect", "nobody", "--scope", "all"), "'nobody' is none of: "),
        (("--dialect", "native", "--scope", "everything"), "everything is none of: "),
        (("--dialect", "native"), "Missing option '--scope'"),
        (("--dialect", "native", "--scope", "all", "--attribute", "token=mine"), "is not NAME=VALUE"),
        (("--dialect", "native", "--scope", "all", "--attribute", "a:={"), "'{': "),
        (("--dialect", "native", "--scope", "all", "--attribute", "a=@/no/such/file"), "No such file"),
        (
            ("--dialect", "native", "--scope", "all", "--attribute", "colour=red"),
            "colour: is none of rate_limit_per_minute",
        ),
        (("--dialect", "native", "--scope", "all", "--attribute", "scopes:=[]"), "'scopes' is --scope here"),
        (("--dialect", "native", "--scope", "all", "--expires", "yesterday"), "neither a span"),
        (("--dialect", "native", "--scope", "all", "--expires", "2001-01-01T00:00:00Z"), "nor a time to come"),
    ],
)
def test_a_mistake_is_told_and_makes_no_key(words: tuple[str, ...], said: str, run: Run):
    first = made(run, "--scope", "all")
    result = run("keys", "create", "--tenant", "acme", *words)
    assert result.exit_code == 2
    assert said in result.output
    listed = json.loads(run("keys", "list", "--all", "--json").stdout)
    assert [key["id"] for key in listed] == [first["id"]]


def test_a_database_that_can_not_be_opened_is_one_line():
    result = CliRunner().invoke(main, ["keys", "list", "--database", "mysql://x"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: 'mysql://x' is no database URL")


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "list"),
        ("keys", "revoke", "k"),
        ("orders", "get", "o1", "--tenant", "t"),
        ("orders", "list", "--tenant", "t"),
        ("cancel", "o1", "--tenant", "t"),
        ("orders", "unpaid", "--tenant", "t", "--after", "60"),
        ("orders", "import", "-", "--tenant", "t", "--dry-run"),
        ("purge", "--orders", "365d", "--dry-run"),
        ("migrate", "--dry-run"),
    ],
    ids=" ".join,
)
def test_what_reads_or_changes_makes_no_database_of_a_mistyped_path(words: tuple[str, ...], run: Run, tmp_path: Path):
    result = run(*words)
    assert (result.exit_code, "there is no database at" in result.output) == (1, True), result.output
    assert list(tmp_path.iterdir()) == []

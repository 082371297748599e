"""`countermand keys`: the credentials with which callers reach the vendors' APIs and the native one.

Rule: a secret is shown once, when the key is made, and kept nowhere; what is stored is its hash.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click
import msgspec
from msgspec.structs import replace

from countermand.bootstrap import House, new_id
from countermand.cli.ledger import database_option, json_option, with_house
from countermand.dialects import catalog
from countermand.dialects.contract import PUBLIC, AccountSeed, CallerFault, Dialect
from countermand.dialects.wire import instant_of
from countermand.service.keyring import TOKEN_MARK, alive, key_of, new_secret
from countermand.store.port import StoredKey

#: Columns of a table that goes into a pipe, where nothing should be folded that a program might look for.
PIPED_WIDTH: Final = 240

_SPAN: Final = re.compile(r"^(\d{1,6})([smhdw])$")
_SPAN_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_NAMED: Final = re.compile(r"^(?P<name>[A-Za-z_][\w.-]*)(?P<sign>:=|=@|=)(?P<value>.*)$", re.DOTALL)
#: Under this name a dialect reads the secret of an account; it is made here, never given.
_SECRET: Final = "token"  # noqa: S105 - its name, not a secret
#: What a world says of an account under these names has options of its own here.
_OPTIONS: Final = {"scopes": "--scope"}


@click.group()
def keys() -> None:
    """Make, list and revoke the keys with which callers reach an API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What `keys create` was told."""

    dialect: str
    tenant: str
    name: str | None
    scopes: tuple[str, ...]
    attributes: tuple[str, ...]
    expires: str | None


@keys.command()
@click.option(
    "--dialect", metavar="NAME", required=True, help="The API that the key opens: native, or a vendor's name."
)
@click.option(
    "--tenant", metavar="TENANT", required=True, help="Whose orders it opens. A new tenant needs no other step."
)
@click.option(
    "--scope", "scopes", metavar="SCOPE", multiple=True, required=True, help="What it may do, or `all`. Repeatable."
)
@click.option("--name", metavar="TEXT", help="For people: who has it, what for.  [default: the tenant]")
@click.option(
    "--attribute",
    "attributes",
    metavar="NAME=VALUE",
    multiple=True,
    help="What the vendor says of an account. NAME:=JSON for other than text, NAME=@FILE to read it, `@-` for stdin.",
)
@click.option(
    "--expires", metavar="WHEN", help="After so long (90d, 12h) or at a time (2027-01-31T00:00:00Z).  [default: never]"
)
@database_option
@json_option
def create(database: str | None, *, as_json: bool, **given: object) -> None:
    """Make a key. Its secret is shown once and kept nowhere.

    \b
    countermand keys create --dialect native --tenant acme --scope orders:read --scope orders:cancel
    """  # noqa: D301 - click's mark for lines to be left alone
    order = msgspec.convert(given, _Order)
    dialect = _dialect(order.dialect)
    now = datetime.now(UTC)
    seed = _seed(dialect, order)
    expires_at = None if order.expires is None else _expiry(order.expires, now)
    key = replace(
        key_of(seed, tenant=order.tenant, dialect=dialect.name, key_id=new_id(), now=now),
        name=order.name or order.tenant,
        expires_at=expires_at,
    )
    if not with_house(database, lambda house: house.keyring.issue(key, seed.login), new=True):
        raise click.ClickException(
            f"the name {seed.login.username if seed.login else ''!r} is taken at {dialect.title}"
        )
    if as_json:
        click.echo(msgspec.json.encode(_shown(key, now) | {"secret": seed.secret}))
        return
    click.echo(f"key     {key.key_id}\nopens   {dialect.mount} ({dialect.title}) for tenant {key.tenant}")
    click.echo(f"may     {', '.join(sorted(key.scopes))}\nends    {_until(key)}")
    click.echo(f"secret  {seed.secret}\n\nKeep the secret now: it is stored as a hash and can't be shown again.")


def _dialect(name: str) -> Dialect:
    known = catalog.load()
    if name not in known:
        raise click.BadParameter(f"{name!r} is none of: {', '.join(known)}", param_hint="--dialect")
    return known[name]


def _seed(dialect: Dialect, order: _Order) -> AccountSeed:
    there_are = frozenset(route.scope for route in dialect.routes) - {PUBLIC}
    scopes = there_are if "all" in order.scopes else frozenset(order.scopes)
    if strange := scopes - there_are:
        known = ", ".join([*sorted(there_are), "all"])
        raise click.BadParameter(f"{', '.join(sorted(strange))} is none of: {known}", param_hint="--scope")
    document = {_SECRET: new_secret(), **_attributes(order.attributes)}
    try:
        seed = dialect.account(document)
    except CallerFault as fault:
        fields = [f"{field.path}: {field.message}" for field in fault.fault.fields] or [fault.fault.detail]
        text = "\n  ".join((f"{dialect.title} wants other attributes:", *fields))
        raise click.BadParameter(text, param_hint="--attribute") from fault
    return replace(seed, scopes=scopes)


def _attributes(given: tuple[str, ...]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for text in given:
        match = _NAMED.match(text)
        if match is not None and match["name"] in _OPTIONS:
            raise click.BadParameter(f"{match['name']!r} is {_OPTIONS[match['name']]} here", param_hint="--attribute")
        if match is None or match["name"] == _SECRET or match["name"] in found:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE, or is given twice", param_hint="--attribute")
        found[match["name"]] = _value(match["sign"], match["value"])
    return found


def _value(sign: str, text: str) -> object:
    try:
        if sign == "=@":
            return (sys.stdin.read() if text == "-" else Path(text).read_text(encoding="utf-8")).rstrip("\r\n")
        return msgspec.json.decode(text) if sign == ":=" else text
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint="--attribute") from error


def _expiry(text: str, now: datetime) -> datetime:
    span = _SPAN.match(text)
    at = now + timedelta(seconds=int(span[1]) * _SPAN_S[span[2]]) if span else instant_of(text)
    if at is None or at <= now:
        raise click.BadParameter(f"{text!r} is neither a span (90d, 12h) nor a time to come", param_hint="--expires")
    return at


@keys.command("list")
@click.option("--tenant", metavar="TENANT", help="Only this tenant's.")
@click.option("--dialect", metavar="NAME", help="Only those of this API.")
@click.option("--all", "everything", is_flag=True, help="Also those that are revoked or expired, and tokens of logins.")
@database_option
@json_option
def list_(database: str | None, tenant: str | None, dialect: str | None, *, everything: bool, as_json: bool) -> None:
    """List keys. Secrets are not among it: nobody has them but their owners."""
    now = datetime.now(UTC)

    async def read(house: House) -> tuple[StoredKey, ...]:
        return await house.store.keys()

    found = [
        key
        for key in with_house(database, read)
        if tenant in {None, key.tenant} and dialect in {None, key.dialect}
        if everything or (alive(key, now) and TOKEN_MARK not in key.key_id)
    ]
    if as_json:
        click.echo(msgspec.json.encode([_shown(key, now) for key in found]))
        return
    _print_table(found, now)


def _print_table(found: list[StoredKey], now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not found:
        click.echo("No keys.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Key", "API", "Tenant", "Name", "May", "Made", "Ends"):
        table.add_column(title, no_wrap=title in {"Key", "API", "Made", "Ends"}, overflow="fold")
    for key in found:
        may = Text(" ".join(sorted(key.scopes)))
        ends = Text(_until(key), style="" if alive(key, now) else "red")
        made = f"{key.created_at:%Y-%m-%d}"
        table.add_row(key.key_id, key.dialect, Text(key.tenant), Text(key.name), may, made, ends)
    console = Console()
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table)


def _until(key: StoredKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "never" if key.expires_at is None else f"{key.expires_at:%Y-%m-%d}"


def _shown(key: StoredKey, now: datetime) -> dict[str, object]:
    state = "revoked" if key.revoked_at else "live" if alive(key, now) else "expired"
    return {
        "id": key.key_id,
        "dialect": key.dialect,
        "tenant": key.tenant,
        "name": key.name,
        "state": state,
        "scopes": sorted(key.scopes),
        "claims": key.claims,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


@keys.command()
@click.argument("key_id", metavar="KEY")
@database_option
@json_option
def revoke(key_id: str, database: str | None, *, as_json: bool) -> None:
    """Revoke a key by its id, and every token that was signed in with it.

    A server forgets it within two seconds. Revoking again changes nothing.
    """
    now = datetime.now(UTC)
    revoked = with_house(database, lambda house: house.keyring.revoke(key_id, now))
    if not revoked:
        raise click.ClickException(f"there is no key {key_id!r}; `countermand keys list --all` shows all")
    if as_json:
        click.echo(msgspec.json.encode([_shown(key, now) for key in revoked]))
        return
    for key in revoked:
        click.echo(f"revoked {key.key_id} of tenant {key.tenant} at {key.revoked_at:%Y-%m-%d %H:%M:%S} UTC")

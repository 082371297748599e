"""`countermand cancel`: cancel orders, or parts of one, as the API would."""

import sys
from dataclasses import dataclass
from typing import Final

import click
import msgspec

from countermand.bootstrap import House
from countermand.cli.ledger import database_option, json_option, with_house
from countermand.cli.natively import call, caller_of, dialect_option, named, request, tenant_option, told

#: The lowest status of HTTP that is an error.
ERROR: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the command was told."""

    tenant: str
    dialect: str
    lines: tuple[str, ...]
    reason: str
    note: str
    message: str
    requested_by: str
    dry_run: bool

    def members(self) -> dict[str, object]:
        """The members of a cancellation, as the API takes them."""
        given: dict[str, object] = {"reason": self.reason}
        given |= {name: text for name in ("note", "message", "requested_by") if (text := getattr(self, name))}
        if self.lines:
            given["lines"] = [_line(text) for text in self.lines]
        if self.dry_run:
            given["validate_only"] = True
        return given


def _line(text: str) -> dict[str, object]:
    name, equals, quantity = text.partition("=")
    try:
        return {"line_id": name, "quantity": float(quantity)} if equals else {"line_id": name}
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not LINE or LINE=QUANTITY", param_hint="--line") from error


@click.command()
@click.argument("order_ids", metavar="ORDER...", nargs=-1, required=True)
@tenant_option
@dialect_option
@click.option(
    "--line", "lines", metavar="LINE[=QUANTITY]", multiple=True, help="Only this line, or so much of it. Repeatable."
)
@click.option("--reason", metavar="REASON", default="other", show_default=True, help="Why, from the list of reasons.")
@click.option("--note", metavar="TEXT", default="", help="For staff.")
@click.option("--message", metavar="TEXT", default="", help="For the customer.")
@click.option("--requested-by", metavar="WHO", default="", help="Who asked for it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@database_option
@json_option
def cancel(order_ids: tuple[str, ...], database: str | None, *, as_json: bool, **given: object) -> None:
    """Cancel everything that is open of each ORDER, or chosen lines of one.

    The exit status is 1 when any was refused. Orders that are cancelled already stay so, and are no failure. For thousands,
    use a bulk cancellation: it can be watched, paused and resumed.
    """
    wish = msgspec.convert(given, _Wish)
    if wish.lines and len(order_ids) > 1:
        raise click.BadParameter("lines can be chosen of one order at a time", param_hint="--line")
    caller, members = caller_of(wish.tenant), wish.members()

    async def work(house: House) -> list[dict[str, object]]:
        outcomes = []
        for order_id in order_ids:
            wire = request(members, params={"order": named(wish.dialect, order_id)})
            answer = await call(house, "createCancellation", caller, wire=wire)
            outcomes.append({"order_id": order_id, "status": answer.status, "answer": told(answer)})
        return outcomes

    outcomes = with_house(database, work)
    if as_json:
        click.echo(msgspec.json.encode(outcomes))
    else:
        for outcome in outcomes:
            _tell(outcome, dry_run=wish.dry_run)
    sys.exit(1 if any(_refused(outcome) for outcome in outcomes) else 0)


def _refused(outcome: dict[str, object]) -> bool:
    status = outcome["status"]
    return isinstance(status, int) and status >= ERROR


def _tell(outcome: dict[str, object], *, dry_run: bool) -> None:
    answer = outcome["answer"]
    assert isinstance(answer, dict)
    if _refused(outcome):
        click.echo(f"{outcome['order_id']}: refused: {answer['code']}: {answer['detail']}", err=True)
        return
    said = "would be cancelled" if dry_run else str(answer.get("state", "accepted"))
    identity = f" ({answer['id']})" if answer.get("id") else ""
    click.echo(f"{outcome['order_id']}: {said}{identity}")

"""`python -m bench`: measure, show, keep."""

import click
from rich.console import Console

from bench import report, scenarios


@click.command()
@click.option("--quick", is_flag=True, help="One short round: a look, not figures to quote.")
@click.option("--sqlite-only", is_flag=True, help="Leave PostgreSQL and its floor out.")
def main(*, quick: bool, sqlite_only: bool) -> None:
    """Measure what Countermand promises. Writes bench/out/latest.json and plots beside it."""
    console = Console(highlight=False)
    scale = scenarios.Scale(rounds=1, seconds=2.0, vendor_orders=3_000) if quick else scenarios.Scale()
    figures = scenarios.Figures()

    def say(text: str) -> None:
        console.print(f"[dim]{text}[/dim]")

    scenarios.start(figures, scale.rounds)
    scenarios.stores(figures, scale, say, postgres=not sqlite_only)
    scenarios.each_vendor(figures, scale, say)
    report.show(console, figures)
    report.plot(figures)
    console.print(f"written to {report.write(figures)}")


if __name__ == "__main__":
    main()

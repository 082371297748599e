"""`python -m bench`: measure, show, keep."""

from contextlib import nullcontext

import click
from rich.console import Console

from bench import floor, plots, report, scenarios


@click.command()
@click.option(
    "--quick", is_flag=True, help="One short round with at most 100,000 orders: a look, not figures to quote."
)
@click.option("--sqlite-only", is_flag=True, help="Leave PostgreSQL and its floor out.")
@click.option(
    "--largest",
    type=click.IntRange(min=100_000),
    help="Orders of the largest database.  [default: 10,000,000, for which 20 GB of disk are needed; 100,000 if quick]",
)
def main(*, quick: bool, sqlite_only: bool, largest: int | None) -> None:
    """Measure what Countermand promises. Writes bench/out/latest.json and plots beside it."""
    console = Console(highlight=False)
    scale = (scenarios.QUICK if quick else scenarios.Scale()).up_to(largest)
    figures = scenarios.Figures()

    def say(text: str) -> None:
        console.print(f"[dim]{text}[/dim]")

    with nullcontext() if sqlite_only else floor.cluster() as cluster:
        places = scenarios.Places(cluster)
        scenarios.start(figures, scale)
        scenarios.stores(figures, scale, say, places=places)
        scenarios.bulks(figures, scale, say, places=places)
        scenarios.each_vendor(figures, scale, say)
        scenarios.growing(figures, scale, say, places=places)
    report.show(console, figures)
    plots.draw(figures)
    console.print(f"written to {report.write(figures)}")


if __name__ == "__main__":
    main()

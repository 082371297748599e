"""Commands for people. Each imports what it needs when it is called, so that `--help` is instant."""

import sys

import click

from countermand import __version__
from countermand.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    commands_at={
        "serve": "countermand.cli.serve:serve",
        "conform": "countermand.cli.conform.command:conform",
        "demo": "countermand.cli.demo.command:demo",
        "bring": "countermand.cli.bring:bring",
        "keys": "countermand.cli.keys:keys",
        "migrate": "countermand.cli.migrate:migrate",
        "purge": "countermand.cli.purge:purge",
        "orders": "countermand.cli.orders:orders",
        "cancel": "countermand.cli.cancel:cancel",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="countermand")
def main() -> None:
    """Cancel orders correctly: one engine behind five vendors' APIs."""


if __name__ == "__main__":
    sys.exit(main())

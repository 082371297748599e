"""How a revision gives its SQL: from files, as they are, because the statements are ours and not Alembic's to build."""

from importlib.resources import files
from typing import Final

from alembic import op

#: Where each database's `schema.sql` is.
_HOMES: Final = {"sqlite": "countermand.store.sqlite", "postgresql": "countermand.store.postgres"}


def emit(revision: str) -> None:
    """The statements of one revision for the database that the script is for.

    The first revision is the schema itself as long as it is the only one: there is nothing to be behind of.
    """
    context = op.get_context()
    name = f"{revision}_{context.dialect.name}.sql"
    file = files(__package__).joinpath("versions", name)
    if not file.is_file():
        file = files(_HOMES[context.dialect.name]).joinpath("schema.sql")
    context.impl.static_output(file.read_text(encoding="utf-8"))

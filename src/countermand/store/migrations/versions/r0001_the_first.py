"""The schema of the first release."""

from countermand.store.migrations.emitting import emit

revision = "0001"
down_revision = None


def upgrade() -> None:
    emit(revision)

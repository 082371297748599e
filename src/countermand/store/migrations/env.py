"""What Alembic runs to write a script: no connection, one dialect's SQL."""

from alembic import context

context.configure(dialect_name=context.config.attributes["dialect"], as_sql=True)
context.run_migrations()

"""The database of several nodes: PostgreSQL through asyncpg. Few round trips, set-wise statements, one commit a batch."""

"""The embedded database: one file, write-ahead log, `synchronous=FULL`, one writer."""

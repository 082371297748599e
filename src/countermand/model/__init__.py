"""The vocabulary: frozen data, and nothing but the standard library and msgspec (record 0007).

Read `keys`, `order`, `lifecycle`, `command`, `event`, `outcome`, then `record`, `obligation`, `timer` and `query`.

Rule 1: money is an integer in minor units (`*_minor`), a quantity an integer in thousandths (`*_milli`), an instant an
aware datetime in UTC. The edge converts; nothing in here is a float.
Rule 2: a value is changed by `msgspec.structs.replace`, which makes another one.
Rule 3: nothing in here knows a vendor's words, reads a clock or does I/O.
"""

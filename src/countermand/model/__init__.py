"""The vocabulary: frozen data, standard library only.

Read `keys`, `order`, `lifecycle`, `command`, `event`, `outcome`, then `record`, `obligation`, `timer` and `query`.

Rule 1: money is an integer in minor units (`*_minor`), a quantity an integer in thousandths (`*_milli`), an instant an
aware datetime in UTC. The edge converts; nothing in here is a float.
Rule 2: nothing in here knows a vendor's words, reads a clock or does I/O.
"""

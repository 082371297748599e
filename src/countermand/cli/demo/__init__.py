"""`countermand demo`: every vendor's own request, answered by a real server from a real ledger.

`scenes` reads what to show from the vendors' folders, `stage` runs it against a server it starts, `screen` draws it.
"""

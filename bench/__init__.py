"""Measures what Countermand promises. `python -m bench` runs everything; see README.md beside this file."""

"""What to show: a `demo.json` in each vendor's folder, in the format of conformance cases.

Each case is one scene with one request; all scenes of a vendor play in one world, in turn.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files

from countermand.cli.conform.casefile import CaseFile, parse_file
from countermand.cli.conform.jsonvalues import decode
from countermand.dialects import catalog
from countermand.dialects.contract import Dialect


def load() -> Iterator[tuple[Dialect, CaseFile]]:
    """Every dialect that has something to show, with its scenes."""
    for name, dialect in catalog.load().items():
        source = files(f"countermand.dialects.{name}").joinpath("demo.json")
        if source.is_file():
            document = decode(source.read_bytes())
            # The folder's name decides, so that a copied folder shows itself.
            yield dialect, replace(parse_file(document, str(source)), vendor=name)

"""The one reader of the environment. Frozen values out; an unknown COUNTERMAND_ name stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

#: The largest TCP port.
PORT_MAX: Final = 65_535

_PREFIX: Final = "COUNTERMAND_"

#: Every setting, with what it is for. The command line overrides the environment.
KNOWN: Final = {
    "COUNTERMAND_DATABASE": "where the ledger is: sqlite:///PATH or postgresql://...",
    "COUNTERMAND_HOST": "the address to listen on",
    "COUNTERMAND_PORT": "the port to listen on; 0 takes a free one",
    "COUNTERMAND_HOSTS": "host names answered as a vendor's API at the root: HOST=VENDOR, separated by commas",
}

#: Set by tests and tools of ours, read elsewhere.
_FOREIGN: Final = frozenset({"COUNTERMAND_TEST_POSTGRES"})


class BadSettings(Exception):  # noqa: N818 - what is wrong, not that something is
    """A setting that can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one process runs."""

    database: str
    host: str = "127.0.0.1"
    port: int = 8080
    hosts: Mapping[str, str] = field(default_factory=dict)
    #: Whether to tell an OpenTelemetry collector anything, and of that what. Where and how is for its SDK, which reads `OTEL_*`.
    otel: bool = False
    otel_traces: bool = True
    otel_metrics: bool = True


def here() -> Settings:
    """The settings of this process. Raises BadSettings."""
    return read(os.environ, Path.home())


def read(environ: Mapping[str, str], home: Path) -> Settings:
    """Settings from the environment; `home` is where the default database goes. Raises BadSettings."""
    strays = {name for name in environ if name.startswith(_PREFIX)} - KNOWN.keys() - _FOREIGN
    if strays:
        raise BadSettings(f"unknown settings: {', '.join(sorted(strays))}; known are: {', '.join(KNOWN)}")
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return Settings(
        database=environ.get("COUNTERMAND_DATABASE") or f"sqlite:///{data / 'countermand' / 'countermand.db'}",
        host=environ.get("COUNTERMAND_HOST") or "127.0.0.1",
        port=_port(environ.get("COUNTERMAND_PORT") or "8080"),
        hosts=_hosts(environ.get("COUNTERMAND_HOSTS", "")),
        otel_traces=environ.get("OTEL_TRACES_EXPORTER") != "none",
        otel_metrics=environ.get("OTEL_METRICS_EXPORTER") != "none",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > PORT_MAX:
        raise BadSettings(f"COUNTERMAND_PORT is {text!r}, not a port from 0 to {PORT_MAX}")
    return int(text)


def _hosts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (piece.strip() for piece in text.split(","))):
        host, equals, vendor = pair.partition("=")
        if not (host and equals and vendor):
            raise BadSettings(f"COUNTERMAND_HOSTS has {pair!r}, not HOST=VENDOR")
        found[host.strip()] = vendor.strip()
    return found

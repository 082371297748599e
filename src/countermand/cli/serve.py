"""`countermand serve`: the server, in one process or several."""

import logging
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import click
import uvicorn

from countermand.api.board import Board
from countermand.api.connection import Connection
from countermand.bootstrap import Seat, application
from countermand.cli.telling import Briefly
from countermand.cli.workers import Workers
from countermand.settings import BadSettings, Settings, here
from countermand.store.port import StoreUnavailable

#: How long requests in flight may take to end once the server was told to stop. A batch takes milliseconds.
STOP_TIMEOUT_S: Final = 20

#: How long an idle connection is kept. Longer than the 60 s of the usual load balancers, so that they close first.
KEEP_ALIVE_S: Final = 75


#: More than any machine that serves has processors to spare.
WORKERS_MAX: Final = 64

#: Connections that may wait to be accepted. The system's own limit (4,096 by default on Linux) is the lower one.
BACKLOG_MAX: Final = 4_096


class _Server(uvicorn.Server):
    """Says that it listens once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 takes a free one.  [default: 8080]")
@click.option(
    "--database", metavar="URL", help="sqlite:///PATH or postgresql://...  [default: a file in your data folder]"
)
@click.option(
    "--sandbox", is_flag=True, help="Serve the sandbox: worlds, effects, a movable clock. Needs a database of its own."
)
@click.option(
    "--workers",
    type=click.IntRange(1, WORKERS_MAX),
    default=1,
    show_default=True,
    help="Processes that serve. One per processor is enough.",
)
@click.option(
    "--otel",
    is_flag=True,
    help="Tell spans and metrics to an OpenTelemetry collector; OTEL_ variables say which. Needs countermand[otel].",
)
def serve(host: str | None, port: int | None, database: str | None, *, sandbox: bool, workers: int, otel: bool) -> None:
    """Serve every vendor's API, the native API and the operations pages."""
    if sandbox and workers > 1:
        raise click.UsageError("a sandbox has one clock and one set of faults, in one process: leave --workers out")
    if otel:
        demand_otel()
    try:
        settings = here()
        settings = replace(
            settings,
            host=host or settings.host,
            port=settings.port if port is None else port,
            database=database or settings.database,
            otel=otel,
        )
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    allow_connections()
    listeners = bind(settings, workers)
    if workers == 1:
        sys.exit(_serve(settings, listeners[0], sandbox=sandbox, ready=lambda: announce(listeners[0])))
    board = Board(workers)

    def work(seat: int, ready: Callable[[], None]) -> int:
        close(set(listeners) - {listeners[seat]})
        return _serve(settings, listeners[seat], ready=ready, seat=Seat(board, seat))

    sys.exit(Workers(workers, work, close=lambda: close(listeners)).run(lambda: announce(listeners[0])))


def demand_otel() -> None:
    """Import what tells the collector, here and not in each worker. A person who lacks it learns how to get it."""
    try:
        import countermand.api.telemetry  # noqa: F401 - for whoever is forked
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("opentelemetry"):
            raise
        raise click.UsageError("--otel needs OpenTelemetry's SDK: pip install 'countermand[otel]'") from error


def allow_connections() -> None:
    """Let this process, and the workers it forks, have as many open files as the system allows it: a connection is one.

    The limit that programs start with is 1,024 nearly everywhere, for the sake of those that call select(); we don't.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):  # where "no limit" can be read but not be asked for
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def bind(settings: Settings, workers: int) -> list[socket.socket]:
    """A listening socket for each worker, made before they are, so that one that is replaced misses no connection.

    Linux spreads connections over sockets that listen on one port. Of workers that share a socket, whoever wakes first
    would take them all, and a connection stays where it is. Other systems spread nothing: there it is one socket.
    """
    try:
        # Taken alone first: sockets that share a port would share it with those of a server that runs already.
        listener = _listen(settings.host, settings.port)
        if workers == 1 or sys.platform != "linux":
            return [listener] * workers
        port = listener.getsockname()[1]
        listener.close()
        return [_listen(settings.host, port, shared=True) for _ in range(workers)]
    except OSError as error:
        raise click.ClickException(f"can't listen on {settings.host}:{settings.port}: {error}") from error


def _listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG_MAX, reuse_port=shared)


def close(listeners: Iterable[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"listening on http://{shown}:{port}")
    sys.stdout.flush()


def _serve(
    settings: Settings,
    listener: socket.socket,
    *,
    ready: Callable[[], None],
    sandbox: bool = False,
    seat: Seat | None = None,
) -> int:
    """Serve until told to stop, in this process. Gives the exit status."""
    try:
        app = application(settings, sandbox=sandbox, seat=seat)
    except (BadSettings, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(
        app,
        http=Connection,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        # Headers that anybody can send decide nothing; a proxy in front must pass Host and terminate TLS itself.
        proxy_headers=False,
        backlog=BACKLOG_MAX,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    logging.getLogger("uvicorn.error").addFilter(Briefly())
    server = _Server(config, ready)
    for told in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once it has stopped; to be told to stop and to stop is no failure.
        signal.signal(told, lambda *_: None)
    server.run(sockets=[listener])
    return 0 if server.started else 1

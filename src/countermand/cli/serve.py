"""`countermand serve`: the server, one process."""

import signal
import socket
import sys
from dataclasses import replace
from typing import Final

import click
import uvicorn

from countermand.bootstrap import application
from countermand.cli.telling import to_stderr
from countermand.settings import BadSettings, here
from countermand.store.port import StoreUnavailable

#: How long requests in flight may take to end once the server was told to stop. A batch takes milliseconds.
STOP_TIMEOUT_S: Final = 20

#: How long an idle connection is kept. Longer than the 60 s of the usual load balancers, so that they close first.
KEEP_ALIVE_S: Final = 75


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for bound in sockets or ():
            host, port = bound.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            click.echo(f"listening on http://{shown}:{port}")
        sys.stdout.flush()


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on; 0 takes a free one.  [default: 8080]")
@click.option(
    "--database", metavar="URL", help="sqlite:///PATH or postgresql://...  [default: a file in your data folder]"
)
@click.option(
    "--sandbox", is_flag=True, help="Serve the sandbox: worlds, effects, a movable clock. Needs a database of its own."
)
def serve(host: str | None, port: int | None, database: str | None, *, sandbox: bool) -> None:
    """Serve every vendor's API, the native API and the operations pages."""
    try:
        settings = here()
        settings = replace(
            settings,
            host=host or settings.host,
            port=settings.port if port is None else port,
            database=database or settings.database,
        )
        to_stderr()
        app = application(settings, sandbox=sandbox)
    except (BadSettings, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        # Headers that anybody can send decide nothing; a proxy in front must pass Host and terminate TLS itself.
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    server = _Server(config)
    for told in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once it has stopped; to be told to stop and to stop is no failure.
        signal.signal(told, lambda *_: None)
    server.run(sockets=[config.bind_socket()])
    if not server.started:
        sys.exit(1)

"""Serves the dashboard on this machine until it is stopped."""

import signal
import socket
from collections.abc import Callable
from dataclasses import replace

import uvicorn

from connector.exceptions import InstallationError
from connector.page.app import build
from connector.page.looks import Looks
from connector.runs.workspace import Options

HOST = "127.0.0.1"  # never another address; docs/operations.md shows a tunnel
MEMORY = "150MB"  # for DuckDB; the pages only read ledgers


def serve(options: Options, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the URL once the page answers.

    Raises InstallationError when the port is taken, ConfigError or ContractError when the project
    cannot be read.
    """
    looks = Looks(replace(options, memory_limit=MEMORY))
    looks.accounts()
    with _listen(port) as listener:
        config = uvicorn.Config(
            build(looks),
            ws="none",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        # uvicorn raises the signal again after an orderly shutdown.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        announce(f"http://{HOST}:{listener.getsockname()[1]}")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise InstallationError(
            f"cannot listen on {HOST}:{port}: {reason}; choose another port with --port"
        ) from error

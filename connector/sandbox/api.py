"""Runs the sandbox until a signal ends it."""

import signal
import socket
from collections.abc import Callable

import uvicorn

from connector.exceptions import ConnectorError
from connector.sandbox.app import build
from connector.sandbox.calls.socket_control import ControlledProtocol
from connector.sandbox.settings import Settings

__all__ = ["Settings", "serve"]

_GRACE_SECONDS = 1


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the URL once the sandbox answers.

    Raises ConnectorError when the address or the store cannot be used,
    ValueError for senseless faults or poison.
    """
    with _listen(settings) as listener:
        host, port = listener.getsockname()[:2]
        app = build(settings, lambda: announce(f"http://{host}:{port}"))
        config = uvicorn.Config(
            app,
            http=ControlledProtocol,
            ws="none",
            lifespan="on",
            log_level="error",
            access_log=False,
            server_header=False,
            # Long, so that no client loses an idle connection in the moment it uses it.
            timeout_keep_alive=300,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        _end_quietly()
        uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server((settings.host, settings.port), backlog=1024)
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        # Python adds the address to the reason once more.
        reason = str(error.strerror).partition(" (")[0]
        raise ConnectorError(
            f"cannot listen on {address}: {reason}; choose another port with --port, and give each "
            "destination of connector.yml its `url:` there, with the path of its API, such as "
            f"http://{settings.host}:{settings.port + 1}/v2/orders"
        ) from error


def _end_quietly() -> None:
    # uvicorn raises the signal again after its own orderly end; by then nothing is left to do.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)

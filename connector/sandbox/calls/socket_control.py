"""The connection below HTTP, for failures that a well-behaved server cannot produce."""

import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_KEY = "sandbox.socket"


class SocketControl:
    """One client's connection."""

    def __init__(self, protocol: "ControlledProtocol") -> None:
        self._protocol = protocol

    def stall(self) -> None:
        """Close connections that wait for an answer when the sandbox ends."""
        self._protocol.is_stalled = True

    def reset(self) -> None:
        """End the connection with RST, whatever has been sent or read, if it is still there."""
        if self._protocol.transport.is_closing():
            return
        connection = self._protocol.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._leave()
        self._protocol.transport.abort()

    def send_and_close(self, raw: bytes) -> None:
        """Send bytes as they are and end the connection in order."""
        self._leave()
        self._protocol.transport.write(raw)
        self._protocol.transport.close()

    def _leave(self) -> None:
        # uvicorn drops what the application says from here on, instead of complaining.
        self._protocol.cycle.disconnected = True


class ControlledProtocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, with the connection within reach of the application."""

    is_stalled = False

    def shutdown(self) -> None:
        """End the connection when its answer is complete, or at once when none will come."""
        if self.is_stalled:
            SocketControl(self).reset()
        else:
            super().shutdown()

    def on_message_begin(self) -> None:
        """Hand the connection over with each request."""
        super().on_message_begin()
        scope: Any = self.scope
        scope[_KEY] = SocketControl(self)


def socket_control_of(scope: Any) -> SocketControl:
    """Return the connection of a request."""
    socket: SocketControl = scope[_KEY]
    return socket

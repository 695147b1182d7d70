"""Ctrl-C, from the first moment to the last: exit code 130 and no traceback."""

import os
import signal

INTERRUPTED = 128 + signal.SIGINT


class Interruption:
    """Remembers that a signal came, as DuckDB has errors of its own for what a signal has ended."""

    def __init__(self) -> None:
        self.came = False

    def end_at_once(self) -> None:
        """End the process by Ctrl-C: while it is being loaded there is nothing to clean up."""
        self._handle(self._exit)

    def raise_it(self) -> None:
        """Raise KeyboardInterrupt by Ctrl-C from now on."""
        self.came = False
        self._handle(self._raise)

    def ignore(self) -> None:
        """Ignore Ctrl-C: what was to be done is done, and the exit code says what came of it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _handle(self, handler: "signal._HANDLER") -> None:
        """Handle Ctrl-C so, unless whoever started us ignores it or handles it otherwise."""
        before = signal.getsignal(signal.SIGINT)
        if before in (signal.default_int_handler, self._exit, self._raise):
            try:
                signal.signal(signal.SIGINT, handler)
            except ValueError:
                return  # only the main thread may, and only it is told

    def _exit(self, number: int, frame: object) -> None:  # noqa: ARG002
        os.write(2, b"interrupted\n")
        os._exit(INTERRUPTED)

    def _raise(self, number: int, frame: object) -> None:  # noqa: ARG002
        self.came = True
        raise KeyboardInterrupt


ctrl_c = Interruption()

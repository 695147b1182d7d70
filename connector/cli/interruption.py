"""Ctrl-C, from the first moment to the last: exit code 130 and no traceback."""

import os
import signal

INTERRUPTED = 128 + signal.SIGINT


class Interruption:
    """Remembers that a signal came, as DuckDB raises errors of its own for it."""

    def __init__(self) -> None:
        self.came = False

    def end_at_once(self) -> None:
        """End the process by Ctrl-C: during the imports there is nothing to clean up."""
        self._handle(self._exit)

    def raise_it(self) -> None:
        """Raise KeyboardInterrupt by Ctrl-C from now on."""
        self.came = False
        self._handle(self._raise)

    def ignore(self) -> None:
        """Ignore Ctrl-C: the work is done, and the exit code says how it ended."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _handle(self, handler: "signal._HANDLER") -> None:
        """Handle Ctrl-C this way, unless the caller ignores it or handles it differently."""
        before = signal.getsignal(signal.SIGINT)
        if before in (signal.default_int_handler, self._exit, self._raise):
            try:
                signal.signal(signal.SIGINT, handler)
            except ValueError:
                return  # only the main thread may set handlers, and only it gets signals

    def _exit(self, number: int, frame: object) -> None:  # noqa: ARG002
        os.write(2, b"interrupted\n")
        os._exit(INTERRUPTED)

    def _raise(self, number: int, frame: object) -> None:  # noqa: ARG002
        self.came = True
        raise KeyboardInterrupt


ctrl_c = Interruption()

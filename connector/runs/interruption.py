"""Asks a run to end, on a signal or on request of the code that started it."""

from typing import Protocol

from connector.exceptions import InterruptedRunError

NOTHING_SENT = "interrupted before anything was sent; start the run again when you like"


class Sending(Protocol):
    """A sender of orders that can be told to finish the requests in flight."""

    def interrupt(self, signal_number: int, /) -> None:
        """Finish them as the signal demands."""


class Interruption:
    """Asks runs to end: a sending run finishes the requests in flight, and no new run starts."""

    def __init__(self) -> None:
        self.error: InterruptedRunError | None = None
        self._sender: Sending | None = None

    def ask(self, number: int) -> bool:
        """End the run as a signal of that number would; return whether it is already sending.

        A run that is not yet sending finishes its plan first, unless the caller raises `error`.
        """
        self.error = InterruptedRunError(NOTHING_SENT, number)
        if self._sender is None:
            return False
        self._sender.interrupt(number)
        return True

    def anew(self) -> InterruptedRunError | None:
        """Return an error for a run that must not start, None if no interruption was requested."""
        return InterruptedRunError(NOTHING_SENT, self.error.signal_number) if self.error else None

    def sending(self, sender: Sending) -> None:
        """Set the sender to interrupt from now on."""
        self._sender = sender
        if self.error:  # the signal came between two senders
            sender.interrupt(self.error.signal_number)

    def sent(self) -> None:
        """Note that sending has ended."""
        self._sender = None

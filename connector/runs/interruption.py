"""How a run is asked to end: by a signal, or by whoever has started it."""

from typing import Protocol

from connector.exceptions import InterruptedRunError

NOTHING_SENT = "interrupted before anything was sent; start the run again when you like"


class Sending(Protocol):
    """What sends orders, and can be told to finish what is in flight."""

    def interrupt(self, signal_number: int, /) -> None:
        """Finish it as that signal asks to."""


class Interruption:
    """What asks runs to end: those that send finish what is in flight, and no other one begins."""

    def __init__(self) -> None:
        self.error: InterruptedRunError | None = None
        self._sender: Sending | None = None

    def ask(self, number: int) -> bool:
        """End the run as a signal of that number does; return whether it is sending by now.

        Before that it goes on to the end of its plan, unless `error` is raised where it is.
        """
        self.error = InterruptedRunError(NOTHING_SENT, number)
        if self._sender is None:
            return False
        self._sender.interrupt(number)
        return True

    def anew(self) -> InterruptedRunError | None:
        """Return an error for a run that does not begin any more, None when nobody has asked."""
        return InterruptedRunError(NOTHING_SENT, self.error.signal_number) if self.error else None

    def sending(self, sender: Sending) -> None:
        """Note what is to be interrupted from now on."""
        self._sender = sender
        if self.error:  # it came between two senders
            sender.interrupt(self.error.signal_number)

    def sent(self) -> None:
        """Note that nothing is sent any more."""
        self._sender = None

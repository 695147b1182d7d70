"""Tells of each request: the ledger's side file, the log and observers as it is answered."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from connector.ledger.beside.last_request import LastRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came of it; never what was in it."""

    request_id: str  # our own: the numbers of the run and of the request
    batch_id: int
    attempt: int  # from 1
    status: int | None
    outcome: str
    bytes: int
    orders: int
    seconds: float


class Journal:
    """The requests of one run; `run` names it: run_id, destination, environment."""

    def __init__(
        self,
        run: Mapping[str, object],
        last_request: LastRequest | None,
        observers: Sequence[Callable[[Attempt], None]] = (),
    ) -> None:
        """Prepare; the observers are called from the threads that send.

        Without a `last_request` nothing is noted, as of questions, which change nothing.
        """
        self._run = run
        self._last_request = last_request
        self._observers = observers

    def name(self, number: int) -> str:
        """Return the id of the run's request with this number."""
        return f"{self._run['run_id']}-{number}"

    def begins(self) -> None:
        """Note that a request begins, before its first byte.

        Raises LedgerHeldError when it must not.
        """
        if self._last_request:
            self._last_request.begin()

    def goes_on(self) -> None:
        """Note that requests are under way, if that was not noted within the last second."""
        if self._last_request:
            self._last_request.renew()

    def answered(self, attempt: Attempt) -> None:
        """Tell of a request."""
        log.info("request", extra={**self._run, **asdict(attempt)})
        for observe in self._observers:
            observe(attempt)

    def adapted(self, workers: int) -> None:
        """Tell how many requests may be under way from now on."""
        log.info("workers", extra={**self._run, "workers": workers})

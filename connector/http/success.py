"""Believes a 2xx only as far as the contract's terms of success go."""

import logging
from dataclasses import replace
from threading import Lock

from connector.contract.success import Success
from connector.http.answer import Answer, Outcome, Reader, Response, parsed, text

NAMED = 5  # unknown members, at most

log = logging.getLogger(__name__)


class Believing:
    """A reader of answers that leaves in doubt what `read` takes for a success and is none.

    Members of a success that are not known are warned of once, by name.
    """

    def __init__(self, destination: str, read: Reader, success: Success) -> None:
        self._destination, self._read, self._success = destination, read, success
        self._told: set[str] = set()
        self._lock = Lock()

    def __call__(self, response: Response) -> Answer:
        """Return what the answer means."""
        answer = self._read(response)
        is_success = 200 <= response.status < 300  # noqa: PLR2004
        if answer.outcome is not Outcome.DELIVERED or not is_success:
            return answer
        body, is_empty = parsed(response), not response.body.strip()
        if self._success.refuses(body):
            message = f"some of the call were refused: {text(response)}"
            return replace(answer, outcome=Outcome.SPLIT, message=message, in_doubt=True)
        doubt = self._success.doubt(body, is_empty=is_empty)
        if doubt:
            message = doubt if is_empty else f"{doubt}: {text(response)}"
            return replace(
                answer, outcome=Outcome.DOUBT, message=message, refused={}, in_doubt=True
            )
        self._tell(self._success.unknown(body))
        return answer

    def _tell(self, names: list[str]) -> None:
        with self._lock:
            new = [name for name in names if name not in self._told]
            self._told.update(new)
        if new:
            named = ", ".join(f"{name:.40}" for name in new[:NAMED])
            told = "a success has members that the contract does not know, look what they say"
            log.warning("%s: %s: %s", self._destination, told, named)

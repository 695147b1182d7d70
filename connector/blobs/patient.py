"""Retries temporary failures, and reports permanent ones in our own words."""

import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from connector.blobs.blobs import Blobs, ChangedError, ExistsError, FaultError, Found, Tag
from connector.exceptions import LedgerError

PATIENCE = 30.0  # seconds for which a place may be unavailable
LONGEST = 4.0  # seconds between two attempts
_ADVICE = {
    "unavailable": "does not answer; nothing is lost: run it again when it does",
    "denied": (
        "refuses us; correct the address, the credentials in the environment, or the permissions: "
        "reading, writing, listing and deleting below it are needed"
    ),
    "full": "has no space left; make room, then run it again: nothing is lost",
    "unfit": (
        "cannot write on a condition (If-None-Match, If-Match), without which two runs could write "
        "one ledger; unset AWS_CONDITIONAL_PUT or set it to etag, update the server, or use "
        "another one, such as postgres://"
    ),
}

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Patient:
    """Blobs with retries; raises LedgerError instead of FaultError.

    A write whose answer was lost counts as done when the blob holds the bytes to be written.
    """

    def __init__(self, blobs: Blobs, patience: float = PATIENCE) -> None:
        self._blobs, self._patience = blobs, patience

    @property
    def address(self) -> str:
        """Return where the blobs are."""
        return self._blobs.address

    def get(self, key: str) -> tuple[bytes, Tag]:
        """Return a blob and its version; raises MissingError."""
        return self._asked(lambda _: self._blobs.get(key))

    def put_new(self, key: str, data: bytes) -> Tag:
        """Write a blob that does not exist yet; raises ExistsError."""

        def ask(attempt: int) -> Tag:
            try:
                return self._blobs.put_new(key, data)
            except ExistsError:
                if attempt and (tag := self._own(key, data)):
                    return tag
                raise

        return self._asked(ask)

    def replace_if(self, key: str, data: bytes, tag: Tag) -> Tag:
        """Replace a blob that has exactly this version; raises ChangedError."""

        def ask(attempt: int) -> Tag:
            try:
                return self._blobs.replace_if(key, data, tag)
            except ChangedError:
                if attempt and (own := self._own(key, data)):
                    return own
                raise

        return self._asked(ask)

    def listed(self, folder: str) -> list[Found]:
        """Return the blobs below a folder."""
        return self._asked(lambda _: self._blobs.listed(folder))

    def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs."""
        self._asked(lambda _: self._blobs.delete(keys))

    def close(self) -> None:
        """Close connections."""
        self._blobs.close()

    def unfit(self) -> LedgerError:
        """Return the error for a place that ignores conditions."""
        return self._told(FaultError("unfit", "it ignores them"))

    def _own(self, key: str, data: bytes) -> Tag | None:
        found, tag = self._blobs.get(key)
        return tag if found == data else None

    def _asked(self, ask: Callable[[int], Result]) -> Result:
        """Call `ask` with the number of the attempt until it succeeds or time runs out."""
        deadline, attempt = time.monotonic() + self._patience, 0
        while True:
            try:
                return ask(attempt)
            except FaultError as error:
                if error.kind != "unavailable" or time.monotonic() > deadline:
                    raise self._told(error) from error
                told = {"address": self.address, "error": str(error), "attempt": attempt + 1}
                log.info("the ledger's store is asked again", extra=told)
            attempt += 1
            jitter = random.uniform(0.5, 1.0)  # noqa: S311 - need not be unpredictable
            time.sleep(jitter * min(LONGEST, 0.1 * 2**attempt))

    def _told(self, error: FaultError) -> LedgerError:
        told = f"the ledger's store {self.address} {_ADVICE[error.kind]} ({error})"
        return LedgerError(f"{told}; look at “A ledger that outlives its machine” in the docs")

"""The orders that a destination refused in this run, and whether the fault is theirs."""

import re
from collections import Counter
from dataclasses import replace

from connector.delivery.parts import Part, Parts
from connector.delivery.recorder import Recorder
from connector.exceptions import EverythingRefusedError
from connector.http.answer import Answer

# Different orders refused with one message while nothing is accepted:
EVIDENCE = 5  # refusals that are enough to consult the ledger, and to decide at the end of a run
PROBES = 50  # each alone, drawn at random: nine of ten bad orders pass for all in one run of 200


class Refusals:
    """Holds refusals back until something was accepted, since until then the fault may be ours."""

    def __init__(self, recorder: Recorder, parts: Parts) -> None:
        self._recorder, self._parts = recorder, parts
        self._alone: Counter[str] = Counter()  # of requests of a single order
        self._status: int | None = None
        self._accepted = recorder.is_retry
        self._is_recorded = True
        self._is_unnamed = False  # whether a batch was refused as a whole
        self.reasons: Counter[str] = Counter()  # the API's own words → orders

    @property
    def orders(self) -> int:
        """Return how many orders were refused."""
        return self.reasons.total()

    @property
    def is_suspicious(self) -> bool:
        """Return whether orders were refused and none was accepted so far."""
        return (bool(self.reasons) or self._is_unnamed) and not self._accepted

    def note_unnamed(self) -> None:
        """Note that a part was refused without the name of an order."""
        self._is_unnamed = True

    def note(self, part: Part, answer: Answer) -> Part:
        """Note the orders of a part that an answer names, and return the rest of the part."""
        reasons = self._parts.masked(part, answer.refused)
        by = (answer.status, answer.request_id)
        noted, rest = self._parts.refuse(part, reasons, *by)
        alike = {reason: _without(reason, order_id) for order_id, reason in reasons.items()}
        words = Counter(alike[reason] for reason in noted)
        self.reasons += words
        if part.orders == 1:
            self._alone += words
        self._status = answer.status
        self._is_recorded = self._is_recorded and not noted
        return rest

    def note_only(self, part: Part, answer: Answer) -> None:
        """Note the one order of a part, which an answer refused without naming it."""
        self.note(part, replace(answer, refused={self._parts.only(part): answer.message}))

    def accept(self) -> None:
        """Something was accepted: the fault lies with the refused orders, so record them."""
        self._accepted = True
        self._write()

    def weigh(self) -> EverythingRefusedError | None:
        """Record what was refused, or return the error when it is everything that is refused.

        That is so when nothing was accepted and enough orders, each sent alone, were refused with
        one message: a batch proves nothing, as its orders are neighbours and may share a fault.
        """
        if self.is_suspicious:
            return self._fault(self._alone, PROBES)
        self._write()
        return None

    def close(self, *, failed: bool) -> EverythingRefusedError | None:
        """Record what is left, or return the error when it is everything that was refused.

        Nobody is left to ask, so that orders that were refused together count as well.
        """
        if self.is_suspicious and failed:
            self._forget()
        fault = self._fault(self.reasons, EVIDENCE) if self.is_suspicious else None
        self._write()
        return fault

    def _fault(self, evidence: Counter[str], enough: int) -> EverythingRefusedError | None:
        message, orders = (evidence.most_common(1) or [("", 0)])[0]
        if orders >= EVIDENCE and self._parts.blames(self._recorder.accepted()):
            self.accept()
        if orders < enough or self._accepted:
            return None
        self._forget()
        refused = f"the destination refused {orders} different orders with one message and accepted"
        status = f"HTTP {self._status}"
        return EverythingRefusedError(
            f"{refused} none: {message} ({status}); correct the models or the settings; "
            f"{EverythingRefusedError.BLAMES_NONE}"
        ).because(f"{refused} none ({status})")

    def _forget(self) -> None:
        """Forget the refusals that are held back: the next run sends their orders again."""
        self._parts.clear_unrecorded()
        self.reasons.clear()
        self._is_recorded = True

    def _write(self) -> None:
        if not self._is_recorded:
            self._recorder.refuse()
            self._is_recorded = True


def _without(reason: str, order_id: str) -> str:
    """Return the reason without ids, numbers and times, to tell whether two are the same."""
    return re.sub(r"\S*\d\S*", "…", reason.replace(order_id, "…"))

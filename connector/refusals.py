"""The orders that a destination refused in this run, and whether the fault is theirs."""

import re
from dataclasses import replace

from connector.answer import Answer
from connector.errors import EverythingRefusedError
from connector.ledger import Ledger, Scope
from connector.parts import Part, Parts

EVIDENCE = 5  # different orders refused with one message, and nothing accepted: not their fault


class Refusals:
    """Holds refusals back until something was accepted, since until then the fault may be ours."""

    def __init__(self, ledger: Ledger, scope: Scope, run_id: int, parts: Parts) -> None:
        self._ledger, self._scope, self._run_id, self._parts = ledger, scope, run_id, parts
        self._evidence: list[str] = []
        self._accepted = False
        self.orders = 0
        self.reasons: dict[str, int] = {}  # the API's own words → orders

    @property
    def is_suspicious(self) -> bool:
        """Return whether orders were refused and none was accepted so far."""
        return bool(self._evidence) and not self._accepted

    def note(self, part: Part, answer: Answer) -> Part:
        """Note the orders of a part that an answer names, and return the rest of the part."""
        reasons = self._parts.masked(part, answer.refused)
        rest = self._parts.refuse(part, reasons, answer.status)
        if rest.orders < part.orders:
            self.orders += part.orders - rest.orders
            for order_id, reason in reasons.items():
                words = _without(reason, order_id)
                self.reasons[words] = self.reasons.get(words, 0) + 1
                self._evidence.append(words)
        return rest

    def note_only(self, part: Part, answer: Answer) -> None:
        """Note the one order of a part, which an answer refused without naming it."""
        self.note(part, replace(answer, refused={self._parts.only(part): answer.message}))

    def accept(self) -> None:
        """Something was accepted: the fault lies with the refused orders, so record them."""
        self._accepted = True
        self.record()

    def fault(self, status: int | None) -> EverythingRefusedError | None:
        """Return the error when enough orders were refused with one message and none accepted; they are forgotten."""
        if self._accepted or len(self._evidence) < EVIDENCE or len(set(self._evidence)) > 1:
            return None
        self._parts.clear_unrecorded()
        self.orders = 0
        self.reasons.clear()
        return EverythingRefusedError(
            f"the destination refused {len(self._evidence)} different orders with one message and "
            f"accepted none: {self._evidence[0]} (HTTP {status}); correct the models or the "
            "settings, no order was marked as refused"
        )

    def record(self) -> None:
        """Write the refusals that are not in the ledger yet."""
        self._ledger.refuse(self._scope, self._run_id)


def _without(reason: str, order_id: str) -> str:
    """Return the reason without the order's own id and numbers, to tell whether two are the same."""
    return re.sub(r"\d+", "…", reason.replace(order_id, "…"))

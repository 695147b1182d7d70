"""What a run that has sent its plan leaves in the ledger for the next one."""

from connector.engine.scope import Scope
from connector.ledger.contents.answers import Answers
from connector.ledger.contents.compacting import compact
from connector.ledger.contents.run_log import now
from connector.sql import Statements

statement = Statements(__file__)

REFRESHED = 1_000_000  # orders whose row hash is renewed in one transaction
SAMPLED = 1_000  # orders whose column prints are kept


class Settling(Answers):
    """Settles a run in an attached ledger, in several transactions, see `Ledger`."""

    def settle(self, scope: Scope, run_id: int, *, has_payloads: bool, is_limited: bool) -> None:
        """Tidy up after a run; `has_payloads` says whether it kept what it sent.

        `is_limited` says that it did not send all that it read.

        Takes over the row hashes of orders whose payload proved unchanged, so that the next run
        need not render them, and the column prints of `work.prints` of the orders delivered; drops
        settled intents and deliveries long superseded.
        """
        ((candidates, settled, dead, unremoved, gone, emptied, sampled),) = statement.rows(
            self._connection, "due", **scope.values()
        )
        for first in range(1, candidates + 1 if settled else 1, REFRESHED):
            part = {"first": first, "last": first + REFRESHED - 1}
            self.transact(statement("refresh"), **scope.values(), **part)
        if cleared := ("clear_dead_letters",) * bool(dead) + ("unremoved",) * bool(
            unremoved or gone
        ):
            self.transact(statement(*cleared), **scope.values())
        if settled:
            facts = {"run_id": run_id, "last_answer": self._last_answer()}
            self.transact(statement("returned"), **scope.values(), **facts, recorded_at=now())
        if candidates:
            trimmed = ("trim",) * (sampled > SAMPLED)
            self.transact(statement("sample", *trimmed), **scope.values(), run_id=run_id)
        if candidates or gone or emptied:
            self.transact(statement("complete"), **scope.values(), is_limited=is_limited)
        compact(self, scope, run_id, has_payloads=has_payloads and bool(candidates))

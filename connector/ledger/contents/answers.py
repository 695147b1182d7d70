"""What the destination answered to the requests of a run."""

from collections.abc import Mapping
from typing import Any

from connector.engine.scope import Scope
from connector.ledger.contents.intents import Intents, intents
from connector.ledger.contents.run_log import now
from connector.settings.kept import Kept
from connector.sql import Statements

statement = Statements(__file__)


class Answers(Intents):
    """The answers in an attached ledger; every method is one transaction, see `Ledger`."""

    def deliver(
        self, scope: Scope, run_id: int, parts: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Record that the destination took parts of a chunk, except the orders it refused.

        `answer` has status, request_ids (one a part), outcome (`delivered`, or `removed` where the
        request took orders back) and first_answer, what `intend` returned.
        """
        facts = {**parts, **answer}
        if not parts["are_whole"]:
            facts["last_answer"] = self._last_answer()
        self._answer("", scope, run_id, facts)

    def adopt(
        self,
        scope: Scope,
        run_id: int,
        parts: Mapping[str, Any],
        answer: Mapping[str, Any],
        kept: Kept,
    ) -> None:
        """Record that the destination holds the batches of a chunk, without an intent before it."""
        last = self._last_answer()
        facts = {**parts, **answer, **kept.values(), "last_answer": last, "first_answer": last}
        self._answer(f"{intents(parts, kept)};\n", scope, run_id, facts)

    def refuse(self, scope: Scope, run_id: int, outcome: str) -> None:
        """Record the orders of `work.refused` that are not recorded yet.

        `outcome` is `refused`, or `removal_refused` where the request took orders back.
        """
        facts = {"run_id": run_id, "outcome": outcome, "last_answer": self._last_answer()}
        self.transact(statement("refuse"), **scope.values(), **facts, recorded_at=now())
        self._connection.execute("update work.refused set is_recorded = true where not is_recorded")

    def _answer(self, before: str, scope: Scope, run_id: int, facts: Mapping[str, Any]) -> None:
        """Record an answer; the statements before it belong to the same transaction."""
        names = ["set_aside"] if facts["have_refused"] else []
        names += ["deliver" if facts["are_whole"] else "deliver_parts"]
        names += ["deliver_back"] if facts["are_whole"] and facts["withdraws"] else []
        names += ["supersede"] if facts["replaces"] else []
        sql, recorded_at = before + statement(*names), now()
        self.transact(sql, **scope.values(), **facts, run_id=run_id, recorded_at=recorded_at)

"""The durable memory: what was planned, what the destination answered, and so what is in doubt.

A DuckDB file, append-only; one process holds it at a time (`file` opens it). A run's number,
not the clock, says what came later. `tables.sql` describes its tables.
"""

import json
from collections.abc import Mapping
from typing import Any

from connector.engine.scope import Scope
from connector.ledger.contents.run_log import now
from connector.ledger.contents.settling import Settling
from connector.sql import Statements

statement = Statements(__file__)

__all__ = ["Ledger", "Scope"]


class Ledger(Settling):
    """An attached ledger; every method is one transaction and raises LedgerError when it fails."""

    def note(self, scope: Scope, run_id: int) -> None:
        """Write what the plan found: `work.violations`, and the orders of `work.gone`."""
        ((is_known, is_found, is_noted, is_gone),) = self._rows("notes", scope)
        names = ("unnote",) * is_known + ("note",) * is_found
        names += ("back",) * is_noted + ("gone",) * is_gone
        if names:
            self.transact(statement(*names), **scope.values(), run_id=run_id, recorded_at=now())

    def mark(self, scope: Scope, run_id: int, mark: Mapping[str, Any]) -> None:
        """Record up to where all is done: changed_at, salt, full_scan_at."""
        self.transact(statement("mark"), **scope.values(), run_id=run_id, **mark)

    def unmark(self, scope: Scope) -> None:
        """Let the next run read everything, if what is to be sent would be lost otherwise."""
        if self._rows("is_marked", scope):
            self.transact(statement("unmark"), **scope.values())

    def verified(self, scope: Scope, exit_code: int, counts: Mapping[str, Any]) -> None:
        """Record what a verification has found."""
        facts = {"exit_code": exit_code, "summary": json.dumps(counts), "recorded_at": now()}
        self.transact(statement("verified"), **scope.values(), **facts)

    def _rows(self, name: str, scope: Scope) -> list[Any]:
        return statement.rows(self._connection, name, **scope.values())

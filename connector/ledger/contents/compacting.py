"""Deletes from a ledger what nothing needs any more."""

from connector.engine.scope import Scope
from connector.ledger.contents.run_log import RunLog
from connector.sql import Statements

statement = Statements(__file__)

HISTORY_DAYS = 90  # how long superseded deliveries are kept


def compact(ledger: RunLog, scope: Scope, run_id: int, *, has_payloads: bool) -> None:
    """Drop payloads sent before a run's, if it kept any, settled intents and old deliveries."""
    if has_payloads:
        ledger.transact(statement("last_payloads"), **scope.values(), run_id=run_id)
    ledger.transact(statement("compact"), **scope.values(), days=HISTORY_DAYS)

"""Deletes from a ledger what nothing needs any more."""

from connector.engine.scope import Scope
from connector.ledger.contents.run_log import RunLog
from connector.sql import Statements

statement = Statements(__file__)

HISTORY_DAYS = 90  # how long superseded deliveries are kept


def compact(ledger: RunLog, scope: Scope, run_id: int, *, has_payloads: bool) -> None:
    """Drop payloads sent before a run's, if it kept any, settled intents and old deliveries."""
    values = {**scope.values(), "run_id": run_id, "days": HISTORY_DAYS}
    ((has_older, has_intents, has_old),) = ledger.ask(statement("compactable"), **values)
    if has_payloads and has_older:
        ledger.transact(statement("last_payloads"), **values)
    if has_intents:
        ledger.transact(statement("compact"), **values)
    if has_old:
        ledger.transact(statement("forget_old"), **values)

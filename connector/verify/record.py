"""Records in the ledger what a verification found, for status, alerts, metrics and exports."""

import logging
import time
from collections.abc import Callable
from typing import Any

from connector.engine.engine import engine
from connector.exceptions import LedgerHeldError
from connector.ledger.file import attached
from connector.runs.workspace import Account
from connector.verify.outcome import OPEN, WRONG, Outcome

PATIENCE = 60.0  # seconds to wait for a run that holds the ledger
_FACTS = (
    *("from", "to", "days", "days_cut_off", "orders", "equal", *WRONG, *OPEN),
    *("requests", "seconds"),
)

log = logging.getLogger(__name__)


def record(account: Account, outcome: Outcome, sleep: Callable[[float], Any] = time.sleep) -> None:
    """Record the counts of an outcome; if a run holds the ledger too long, only log that."""
    counts = {name: outcome.summary[name] for name in (*_FACTS, "totals")}
    config, deadline = account.config, time.monotonic() + PATIENCE
    while True:
        try:
            with (
                engine(config.ledger.parent, config.memory_limit) as connection,
                attached(connection, account.stored(account.writable_ledger())) as ledger,
            ):
                ledger.verified(account.scope, outcome.exit_code, counts)
        except LedgerHeldError:
            if time.monotonic() < deadline:
                sleep(1.0)
                continue
            told = "another run holds the ledger, so that `status` does not tell of it"
            log.warning("%s: the verification is not recorded: %s", account.name, told)
        return

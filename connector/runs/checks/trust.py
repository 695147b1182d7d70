"""Checks whether the ledger can be trusted (promise P15), and handles one that cannot."""

from connector.exceptions import OldLedgerError
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice
from connector.reporting.alerts import Alert, of_old_ledger
from connector.runs.job import Job


def check(job: Job, ledger: Ledger, choice: Choice) -> list[Alert]:
    """Return the alerts for a ledger that was restored from a copy.

    All its orders are in doubt, and are sent again. Raises OldLedgerError when that has side
    effects, unless it was requested.
    """
    if not ledger.is_old(job.scope):
        return []
    name, command = job.destination.name, f"connector sync {job.destination.name} --full"
    if job.contract.side_effects and not choice.full:
        raise OldLedgerError(
            f"{name}: {ledger.path} is older than it seems: it was put back from a copy, or lost "
            "its .wal file, so that what was sent since is not in it. Put the newest one back, or "
            f"go on with `{command}`, which sends every order again"
        )
    return [of_old_ledger(name)]

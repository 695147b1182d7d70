"""Whether what the ledger says can be believed (promise P15), and what is done when it cannot."""

from connector.exceptions import OldLedgerError
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice
from connector.reporting.alerts import Alert, of_old_ledger
from connector.runs.job import Job


def check(job: Job, ledger: Ledger, choice: Choice) -> list[Alert]:
    """Return what to tell of a ledger that was put back from a copy.

    All that it says is in doubt, and is sent again. Raises OldLedgerError where that sets something
    off, unless it was asked for.
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

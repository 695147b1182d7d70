"""What is said of a blob that is missing or damaged."""

from connector.blobs.patient import Patient
from connector.exceptions import LedgerError


class DamagedError(LedgerError):
    """A blob is missing, or its content is not as expected."""


def damaged(blobs: Patient, key: str) -> DamagedError:
    """Return the error for a blob that is missing or damaged."""
    return DamagedError(
        f"{blobs.address}/{key} is missing or damaged; put back what the bucket keeps, run "
        "`connector ledger restore`, or see “A lost ledger” in docs/operations.md"
    )

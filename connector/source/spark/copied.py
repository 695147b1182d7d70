"""Rows that were copied from Spark with their hashes, as a source."""

from dataclasses import dataclass

from connector.compile import created
from connector.compile.reading import fingerprint, received
from connector.settings.settings import Policy
from connector.source.postgres.copied import CopiedRows


@dataclass(frozen=True, slots=True)
class CopiedFromSpark(CopiedRows):
    """The rows in `work.cut_<entity>`; their hashes are summed as the cluster sums them."""

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen` of the hashes that came with the rows."""
        rows = f"({received.summed(self.contract, self.columns)})"
        sql = fingerprint.totalled(self.contract, self.columns, policy, rows)
        self.connection.execute(created("work", "seen", sql), {"salt": salt})

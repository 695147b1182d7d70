"""Rows that were copied from PostgreSQL with their hashes, as a source."""

from dataclasses import dataclass

from connector.compile import created
from connector.compile.reading import fingerprint, received
from connector.settings.settings import Policy
from connector.source.file.duckdb_file import DuckDBFile


@dataclass(frozen=True, slots=True)
class CopiedRows(DuckDBFile):
    """The rows in `work.cut_<entity>`; their hashes are those of the engine they come from."""

    of_engine: str
    of_views: str
    division = None  # these rows are copies

    def engine(self) -> str:
        """Return the versions of both engines that hash."""
        return self.of_engine

    def definitions(self) -> str:
        """Return the names and the MD5 of the text of the views."""
        return self.of_views

    def fingerprints(self, policy: Policy, salt: str) -> None:
        """Make `work.seen` of the hashes that came with the rows."""
        rows = f"({received.copied(self.contract, self.columns)})"
        sql = fingerprint.summed(self.contract, self.columns, policy, rows)
        self.connection.execute(created("work", "seen", sql), {"salt": salt})

    def leave_out_changed(self, policy: Policy, salt: str) -> None:
        """Do nothing: the rows are of the moment of their fingerprints."""

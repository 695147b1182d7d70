"""Makes the tables of one plan that several modules fill; `tables.sql` declares all of them."""

import duckdb

from connector.sql import Statements

statement = Statements(__file__)


def make(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `work` anew, with the tables that are filled bit by bit, empty."""
    statement.run(connection, "made")

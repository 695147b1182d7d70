"""Reads the ledger for what keeps orders from a destination: one by one, by rule, by day."""

from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from connector.ledger.ledger import Scope
from connector.reporting.reports import Row, rows
from connector.sql import Statements, count

statement = Statements(__file__)

ALL = 1 << 31  # rows


@dataclass(frozen=True, slots=True)
class Filter:
    """Which errors are asked for; what is None or empty leaves nothing out."""

    rule: str | None = None
    types: tuple[str, ...] = ("invalid", "refused")  # or warning
    since: datetime | None = None
    order_id: str | None = None
    limit: int | None = None  # rows
    day: str | None = None  # such as 2026-03-14, in UTC
    search: str | None = None  # in ids, rules, fields and words


@dataclass(frozen=True, slots=True)
class Page:
    """Which of the rows that were asked for, and in which order: by type and id, or a column."""

    limit: int | None = None
    offset: int = 0
    sorted_by: str | None = None  # order_id, rule, message or at
    is_descending: bool = False


def errors(connection: duckdb.DuckDBPyConnection, scope: Scope, wanted: Filter) -> list[Row]:
    """Return what keeps orders from the destination, or is worth a warning.

    Columns: type, order_id, rule, field, message, status, run_id, batch_id, request_id, at.
    """
    gather_errors(connection, scope, wanted)
    return errors_on(connection, Page(wanted.limit))


def gather_errors(connection: duckdb.DuckDBPyConnection, scope: Scope, wanted: Filter) -> None:
    """Make `told_errors`, a temporary table that the functions below ask; `limit` is not meant."""
    values = {**asdict(wanted), "types": list(wanted.types)}
    values.pop("limit")
    connection.execute(statement("error_table"), {**scope.values(), **values})


def errors_on(connection: duckdb.DuckDBPyConnection, page: Page) -> list[Row]:
    """Return a page of the gathered errors, with the columns of `errors`."""
    values = asdict(page) | {"limit": ALL if page.limit is None else page.limit}
    return rows(connection, statement("errors_in_order"), **values)


def errors_by_rule(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return how many orders have each of the gathered errors.

    Columns: type, rule (None for what an API says), field, message (of the first order), orders,
    examples (up to 3 ids), last_at.
    """
    return rows(connection, statement("errors_by_rule"))


def errors_by_day(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return how many orders have errors of the gathered ones a day and type."""
    return rows(connection, statement("errors_by_day"))


def number_of_errors(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many of the gathered errors there are."""
    return count(connection, "told_errors")

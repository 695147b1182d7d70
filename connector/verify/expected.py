"""Determines what a destination should hold, from the plan of a run that would send everything.

Tables left in `plan`:
    expected    as `compile.expected.table` says    the orders of the period
    known       order_id, sent_at, is_delivered, is_removed    what the ledger knows
    seen        order_id    all orders of the view
"""

from datetime import date

import duckdb

from connector.compile.verifying import expected as compile_expected
from connector.payloads.chunks import Chunks
from connector.payloads.renderers import renderers
from connector.plan.choice import Choice
from connector.plan.plan import Planner
from connector.runs.dry_run import planner_of
from connector.runs.job import Job
from connector.settings.windows import Window
from connector.source.opening import opened
from connector.sql import Statements, count, run

statement = Statements(__file__)


def expect(job: Job, window: Window | None) -> int:
    """Make the tables, and return how many orders of the view cannot be compared.

    Those are invalid, refused, too early to be sent, or left at the destination as they are.
    Afterwards neither the warehouse nor the ledger is needed.
    """
    planner = planner_of(job)
    planner.plan(job.warehouse, Choice(full=True, window=window))
    run(job.connection, statement("verify_known"), {})
    job.connection.execute(compile_expected.table(job.contract))
    _render(job.connection, job, planner)
    job.connection.execute(compile_expected.taken_back(job.contract))
    _see(job, window)
    orders = count(job.connection, "work.snapshot")
    return max(0, orders - count(job.connection, "plan.expected"))


def period(connection: duckdb.DuckDBPyConnection) -> tuple[date, date] | None:
    """Return the first and the last day that have orders, None without orders."""
    days = "select min(day), max(day) from plan.expected"
    row = connection.execute(days).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def _render(connection: duckdb.DuckDBPyConnection, job: Job, planner: Planner) -> None:
    orders = count(connection, "plan.planned")
    if not orders:
        return
    with renderers(connection, orders) as threads:
        chunks = Chunks(threads, planner.recipe(), orders, with_bodies=False)
        for chunk in chunks:
            run(connection, compile_expected.rendered(job.contract), chunk.values())
            chunks.release(chunk)


def _see(job: Job, window: Window | None) -> None:
    """Store the ids of all orders, since an order outside the period is not gone."""
    if window is None:
        job.connection.execute("create table plan.seen as select order_id from work.snapshot")
        return
    given = (job.connection, job.contract, job.warehouse, job.destination.models)
    with opened(*given) as source:
        source.ids("plan", "seen")

"""Adopts orders that a destination already holds: they count as delivered, and nothing is sent.

It is for a brand that moves from another tool, and for a lost ledger of a destination where sends
have side effects. Only a person can confirm that the destination holds the orders.
"""

import time
from dataclasses import replace
from typing import Any

from connector.delivery.delivered import Delivered
from connector.delivery.parts import Part, together
from connector.engine.engine import ended_by
from connector.exceptions import ChoiceError, GuardError
from connector.ledger.ledger import Ledger
from connector.payloads.chunks import Chunk, Chunks
from connector.payloads.renderers import renderers
from connector.plan.choice import Choice, Plan
from connector.plan.plan import Planner
from connector.runs.dry_run import guarded, planner_of
from connector.runs.job import Job
from connector.runs.summary import Sent, Summary, summarise
from connector.sql import Statements, count

statement = Statements(__file__)

COMMAND, UNDO = "adopt", "adopt --undo"


def adopt(job: Job, ledger: Ledger, choice: Choice) -> Summary:
    """Record the chosen orders as adopted in their current version; needs `unguarded`.

    Raises ConnectorError when there is no plan, or when the ledger cannot be written.
    """
    began, run_id = time.monotonic(), ledger.start(job.scope, COMMAND)
    try:
        planner = planner_of(job)
        plan = planner.plan(job.warehouse, choice)
        statement.run(job.connection, "adoptable")
        planned = count(job.connection, "plan.planned")
        error, found = guarded(job, replace(choice, allow_side_effects=True), plan)
        error = error or _unsaid(job, choice, planned)
        plan, done = (
            (plan, Delivered(error=error))
            if error
            else _record(job, ledger, planner, plan, (run_id, planned))
        )
    except ChoiceError:
        ledger.discard(job.scope, run_id)
        raise
    except Exception as error:
        ended = ended_by(job.connection, error)
        ledger.finish(job.scope, run_id, COMMAND, ended.exit_code, {"error": ended.told})
        raise
    summary = summarise(job, run_id, plan, done, Sent(time.monotonic() - began))
    summary = replace(summary, alerts=found)
    ledger.finish(job.scope, run_id, COMMAND, summary.exit_code, summary.as_dict())
    return summary


def undo(job: Job, ledger: Ledger, adopted: int) -> int:
    """Forget what a run adopted, and return the number of orders.

    Their former outcomes are restored as in doubt, so the next run sends the orders. Raises
    ChoiceError when no adoption of the run is still in effect.
    """
    values = {**job.scope.values(), "adopted": adopted}
    orders = int(statement.rows(job.connection, "adopted", **values)[0][0])
    if not orders:
        raise ChoiceError(
            f"{job.destination.name}: run {adopted} adopted nothing that still stands; "
            f"look at `connector runs --destination {job.destination.name}`"
        )
    run_id = ledger.start(job.scope, UNDO)
    ledger.transact(statement("disown"), **values)
    ledger.finish(job.scope, run_id, UNDO, 0, {"undone": orders})
    return orders


def _unsaid(job: Job, choice: Choice, orders: int) -> GuardError | None:
    if choice.unguarded or not orders:
        return None
    name = job.destination.name
    return GuardError(
        f"{name}: {orders:,} orders would count as delivered, and nothing would be sent; if {name} "
        "holds all of them as they are in the views, run it again with --yes"
    )


def _record(
    job: Job, ledger: Ledger, planner: Planner, plan: Plan, numbers: tuple[int, int]
) -> tuple[Plan, Delivered]:
    """Record the planned orders chunk by chunk; `numbers` are the run id and the order count."""
    done, (run_id, planned) = Delivered(), numbers
    ledger.note(job.scope, run_id)
    with renderers(job.connection, planned) as threads:
        chunks = Chunks(threads, planner.recipe(), planned, with_bodies=False)
        for chunk in chunks:
            if chunk.batches:
                # Without an intent: a killed run must leave nothing in doubt, or it would be sent.
                parts = together(_parts(chunk))
                ledger.adopt(job.scope, run_id, parts, _answer(chunk), job.kept)
            done.delivered += sum(batch.orders for batch in chunk.batches)
            chunks.release(chunk)
    ledger.settled(job.scope, run_id)
    ledger.settle(job.scope, run_id, has_payloads=False, is_limited=True)
    return planner.rendered(plan, chunks.batches, 0), done


def _answer(chunk: Chunk) -> dict[str, Any]:
    return {"status": None, "request_ids": [None] * len(chunk.batches), "outcome": "adopted"}


def _parts(chunk: Chunk) -> list[Part]:
    before = chunk.batches_before
    return [
        Part(chunk, before + batch.number, batch.first, batch.last, batch.orders)
        for batch in chunk.batches
    ]

"""Compares what a destination holds with the views, as its contract describes."""

import time
from datetime import UTC, date, datetime, timedelta

from connector.contract.contract import Contract
from connector.contract.read_back import ReadBack, Request
from connector.exceptions import CannotTellError, ModelError
from connector.http.gate import new_gate
from connector.ledger.ledger import Ledger
from connector.reporting.standing import status
from connector.runs.job import Job
from connector.settings.settings import Destination
from connector.settings.windows import ALWAYS, Window
from connector.text.plural import counted
from connector.verify.asking import Asker
from connector.verify.expected import expect, period
from connector.verify.outcome import Outcome, summed_up
from connector.verify.state import kept, path_of
from connector.verify.verification import Ages, Report, Verification


def verify(job: Job, ledger: Ledger, window: Window | None, report: Report) -> Outcome:
    """Compare the orders of a window of whole days, or of all days with orders.

    Ledger and warehouse are released before the first request. Raises CannotTellError when the
    destination cannot be read back, DestinationUnavailableError when it does not answer; within a
    day, the same call resumes from there.
    """
    try:
        found, request = readable(job.contract, job.destination)
    except CannotTellError as error:
        raise _with_counts(str(error), job) from None
    began = time.monotonic()
    asker = Asker(
        job.connection,
        job.contract,
        job.destination,
        request,
        new_gate(job.destination, job.contract, ledger.path),
    )
    left_out = expect(job, window)
    job.connection.execute("detach ledger")
    days = days_of(window or ALWAYS, period(job.connection))
    with kept(
        job.connection, job.contract, job.scope, days, path_of(ledger.path, job.scope)
    ) as state:
        verification = Verification(job.connection, job.contract, state, _ages(job, found))
        verification.ask(asker, report)
        verification.sum_up()
        known = {
            "not_compared": left_out,
            "by_hand": found.by_hand,
            "requests": asker.requests,
            "seconds": round(time.monotonic() - began, 3),
        }
        return summed_up(job.connection, job.scope, days, known)


def _with_counts(message: str, job: Job) -> CannotTellError:
    """Return the error with the ledger's count of accepted orders, the only known figure."""
    held = status(job.connection, job.scope)
    counts = {name: held[name] for name in ("delivered", "refused", "in_doubt")}
    told = f"{job.scope.destination}: the ledger counts {counted(counts['delivered'], 'order')}"
    told += f" as accepted, {counts['in_doubt']:,} in doubt"
    found = CannotTellError(f"{told}; {message}")
    found.facts = dict(counts)
    return found


def readable(contract: Contract, destination: Destination) -> tuple[ReadBack, Request]:
    """Return how to read a destination back; raises CannotTellError when it cannot be read."""
    found, name = contract.read_back, destination.name
    if found is None:
        told = f"{name}: its contract does not say how orders are read back"
        raise CannotTellError(f"{told}; add x-read-back to it")
    if found.request is None:
        told = f"{name} cannot be read back: {found.why_not}"
        raise CannotTellError(f"{told}; compare an export by --file")
    if destination.environment not in found.request.environments:
        known = ", ".join(found.request.environments)
        told = f"the environment {destination.environment} gives no order back"
        raise CannotTellError(f"{name}: {told}; give --environment {known}")
    _check_time(contract)
    return found, found.request


def _check_time(contract: Contract) -> None:
    kinds = {field.column: field.kind for field in contract.orders.fields}
    if kinds.get(contract.order_by) != "timestamp":
        raise ModelError(
            f"{contract.destination}: {contract.order_by} is not a time, by which orders could be "
            "asked for; name one in x-order-by"
        )


def _ages(job: Job, found: ReadBack) -> Ages:
    """Return how long an order may take to become visible; in the sandbox it is visible at once."""
    if job.destination.environment == "local":
        return Ages(0, 0)
    return Ages(found.early, found.late)


def days_of(window: Window, found: tuple[date, date] | None) -> tuple[date, date]:
    """Return the first and the last day of a window; open ends take the days that were found."""
    today = datetime.now(UTC).date()
    first, last = found or (today, today)
    if window.start != ALWAYS.start:
        first = window.start.date()
    if window.end != ALWAYS.end:
        last = (window.end - timedelta(microseconds=1)).date()
    return first, max(first, last)

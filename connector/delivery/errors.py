"""Why a delivery ends early, as an error that says what to do."""

from connector.exceptions import (
    ConnectorError,
    CredentialsRefusedError,
    DestinationUnavailableError,
    InterruptedRunError,
)
from connector.http.answer import Answer, Outcome
from connector.ledger.ledger import Scope


def stopped(scope: Scope, answer: Answer, words: str) -> ConnectorError:
    """Return the error for an answer after which no request can succeed; `words` are the API's."""
    error = _stopped(scope, answer, words)
    what = {Outcome.CREDENTIALS: "refuses the credentials"}.get(answer.outcome, "is unavailable")
    status = f"HTTP {answer.status}" if answer.status else "no answer"
    return error.because(f"the destination {what} ({status})")


def _stopped(scope: Scope, answer: Answer, words: str) -> ConnectorError:
    status = f"HTTP {answer.status}: " if answer.status else ""
    said = f"{scope.destination}: {status}{words}"
    if answer.outcome is Outcome.CREDENTIALS:
        return CredentialsRefusedError(
            f"{said}; check the credentials in connector.yml and in the environment"
        )
    if answer.status is None and not answer.in_doubt and scope.environment.startswith("local"):
        return DestinationUnavailableError(
            f"{said}; start the sandbox with `connector sandbox`, or check the url in connector.yml"
        )
    return DestinationUnavailableError(
        f"{said}; what is pending goes with the next run, check the url in connector.yml if this "
        "goes on"
    )


def unanswered(scope: Scope, orders: int) -> ConnectorError:
    """Return the error for orders that got no answer, or none that settles them."""
    return DestinationUnavailableError(
        f"{scope.destination}: {orders:,} orders got no answer that tells whether they were taken; "
        "they go again with the next run"
    )


def interrupted(number: int, in_flight: int) -> InterruptedRunError:
    """Return the error for a signal that came while orders were sent.

    `in_flight` orders were not answered within the grace period.
    """
    said = "what was in flight was finished and recorded"
    if in_flight:
        said = f"{in_flight:,} orders in flight were not answered in time and are in doubt"
    return InterruptedRunError(f"interrupted; {said}, the rest goes with the next run", number)

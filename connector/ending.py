"""Why a delivery ends early, as an error that says what to do."""

from connector.answer import Answer, Outcome
from connector.errors import (
    ConnectorError,
    CredentialsRefusedError,
    DestinationUnavailableError,
    InterruptedRunError,
)
from connector.ledger import Scope


def stopped(scope: Scope, answer: Answer, words: str) -> ConnectorError:
    """Return the error for an answer after which no request can succeed; `words` are the API's."""
    status = f"HTTP {answer.status}: " if answer.status else ""
    said = f"{scope.destination}: {status}{words}"
    if answer.outcome is Outcome.CREDENTIALS:
        return CredentialsRefusedError(
            f"{said}; check the credentials in connector.yml and in the environment"
        )
    if answer.status is None and scope.environment.startswith("local"):
        return DestinationUnavailableError(
            f"{said}; start the sandbox with `connector sandbox`, or check the url in connector.yml"
        )
    return DestinationUnavailableError(
        f"{said}; what is pending goes with the next run, check the url in connector.yml if this "
        "goes on"
    )


def interrupted(number: int) -> InterruptedRunError:
    """Return the error for a signal that came while orders were sent."""
    return InterruptedRunError(
        "interrupted; what was in flight was finished and recorded, the rest goes next time",
        number,
    )

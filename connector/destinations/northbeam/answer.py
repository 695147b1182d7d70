"""What Northbeam's answers mean (its specification and guide).

How much of a call a 400 refuses is not stated, so the whole call counts as refused.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connector.http.answer import Answer, Outcome, Response, by_status, parsed, storable
from connector.http.retry import finite

_KEYS = "the credentials are refused, api_key or client_id"


def read(response: Response) -> Answer:
    """Return the answer; a 400 refuses the orders that it names, and the rest is sent again."""
    answer = by_status(response)
    if response.status == 429:  # noqa: PLR2004
        return replace(answer, retry_after=_seconds(parsed(response), answer.retry_after))
    if answer.outcome is Outcome.CREDENTIALS:
        return replace(answer, message=f"{_KEYS}: {answer.message}")
    if answer.outcome is not Outcome.SPLIT or response.status != 400:  # noqa: PLR2004
        return answer
    refused = dict(_refusals(parsed(response)))
    return replace(answer, outcome=Outcome.REFUSED, refused=refused) if refused else answer


def _seconds(body: Any, header: float | None) -> float | None:
    """Return what the body of a 429 says, when the header says nothing."""
    seconds = body.get("retry_after_seconds") if isinstance(body, dict) else None
    return finite(seconds) if header is None and isinstance(seconds, (int, float)) else header


def _refusals(body: Any) -> Iterator[tuple[str, str]]:
    """Yield order ids and messages; `response` is a text, a list, or a list as JSON once more."""
    errors = body.get("response") if isinstance(body, dict) else None
    if isinstance(errors, str):
        errors = parsed(Response(200, "", errors.encode("utf-8", "replace")))
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict) and error.get("order_id"):
            path = f" at {error['json_path']}" if error.get("json_path") else ""
            message = f"{error.get('message') or 'refused'}{path}"
            yield storable(error["order_id"]), storable(message)

"""What an answer of a destination means, as a value, and the table of statuses that all destinations share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

MAX_BODY = 1 << 20  # bytes of an answer that are read
MAX_WORDS = 20_000  # bytes of it that are looked at as a message


class Outcome(Enum):
    """The next move after an answer."""

    DELIVERED = "delivered"  # all but the refused orders were taken
    REFUSED = "refused"  # the refused orders are named and nothing was taken: send the rest again
    SPLIT = "split"  # refused without naming an order: send in halves
    RETRY = "retry"  # the same bytes again, later
    CREDENTIALS = "credentials"  # stop: the credentials are refused
    STOP = "stop"  # stop: no request can succeed


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer as it came: `body` holds at most MAX_BODY bytes, `complete` is false when there was more."""

    status: int
    content_type: str
    body: bytes
    complete: bool = True
    retry_after: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with the orders of a request; `in_doubt` says that they may have been stored all the same."""

    outcome: Outcome
    status: int | None
    message: str
    refused: Mapping[str, str] = field(default_factory=dict)  # order_id → the API's own words
    retry_after: float | None = None  # seconds
    in_doubt: bool = False


Reader = Callable[[Response], Answer]

_RETRIED = {408, 425, 429}
_MOVES = {
    401: Outcome.CREDENTIALS,
    403: Outcome.CREDENTIALS,
    404: Outcome.STOP,
    405: Outcome.STOP,
    410: Outcome.STOP,
}


def by_status(response: Response) -> Answer:
    """Return what the status alone tells: apis of this kind share it, a destination refines 200 and 400."""
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004
        return _accepted(response)
    if status in _MOVES:
        return Answer(_MOVES[status], status, text(response))
    if status in _RETRIED:
        return Answer(
            Outcome.RETRY,
            status,
            text(response),
            retry_after=response.retry_after,
            in_doubt=status == 408,
        )
    if 400 <= status < 500:  # noqa: PLR2004
        return Answer(Outcome.SPLIT, status, text(response))
    return Answer(
        Outcome.RETRY, status, _unusual(response), retry_after=response.retry_after, in_doubt=True
    )


def parsed(response: Response) -> Any:
    """Return the body as JSON, or None when it is not JSON or was too long to read."""
    if not response.complete:
        return None
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def text(response: Response) -> str:
    """Return the API's own words; the page of a proxy is only named."""
    if "html" in response.content_type or response.body.lstrip()[:1] == b"<":
        return "an HTML page, probably from a proxy"
    words = " ".join(response.body[:MAX_WORDS].decode("utf-8", "replace").split())
    return words or "no message"


def _accepted(response: Response) -> Answer:
    """An API answers JSON or nothing; anything else comes from something in between, and proves nothing."""
    if response.complete and (not response.body.strip() or parsed(response) is not None):
        return Answer(Outcome.DELIVERED, response.status, "")
    reason = text(response) if response.complete else f"an answer of more than {MAX_BODY:,} bytes"
    return Answer(
        Outcome.RETRY, response.status, f"not an answer of the API: {reason}", in_doubt=True
    )


def _unusual(response: Response) -> str:
    if 300 <= response.status < 400:  # noqa: PLR2004
        return "the URL redirects, which is not followed"
    return text(response)

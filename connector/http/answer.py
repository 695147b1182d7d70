"""What an answer of a destination means, as a value, and the statuses that all of them share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from connector.contract.success import says_no

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
    DOUBT = "doubt"  # accepted or not, which is not known: leave it to the next run


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer; `body` holds at most MAX_BODY bytes, `complete` says whether it is all."""

    status: int
    content_type: str
    body: bytes
    complete: bool = True
    retry_after: float | None = None  # seconds
    date: str | None = None  # the server's clock, as it writes it


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with the orders of a request; those in doubt may have been stored all the same."""

    outcome: Outcome
    status: int | None
    message: str
    # order_id → the API's own words; an id we did not send means that an order's error is missing
    refused: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None  # seconds
    pause: tuple[float, float] | None = None  # without it: seconds of the first wait, the longest
    in_doubt: bool = False
    on_wire_at: float | None = (
        None  # the last time at which an attempt without an answer may have been in flight
    )
    request_id: str = ""  # our own, of the last attempt


Reader = Callable[[Response], Answer]

_RETRIED = {408, 425, 429}
_REFUSED = {400, 409, 413, 422}  # that are about the orders; all others are about us
_CREDENTIALS = {401, 403}
_GONE = {404, 410}


def by_status(response: Response) -> Answer:
    """Return what the status alone means; destinations refine it."""
    status = response.status
    if 200 <= status < 300:  # noqa: PLR2004
        return _accepted(response)
    if status in _CREDENTIALS:
        return Answer(Outcome.CREDENTIALS, status, text(response))
    if status in _REFUSED:
        return Answer(Outcome.SPLIT, status, text(response))
    if status in _RETRIED or not 400 <= status < 500:  # noqa: PLR2004
        # A gateway that gave up waiting says nothing of the server behind it.
        in_doubt = status not in {425, 429}
        after = response.retry_after
        message = _unusual(response)
        return Answer(Outcome.RETRY, status, message, retry_after=after, in_doubt=in_doubt)
    return Answer(Outcome.STOP, status, text(response))


def of_removal(read: Reader) -> Reader:
    """Return a reader for requests that delete an order: a missing order counts as removed."""

    def read_removal(response: Response) -> Answer:
        if response.status in _GONE and not _is_page(response):
            return Answer(Outcome.DELIVERED, response.status, "")
        return read(response)

    return read_removal


def parsed(response: Response) -> Any:
    """Return the body as JSON, or None when it is not JSON or was too long to read."""
    if not response.complete:
        return None
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):  # the latter of a body nested too deeply
        return None


def text(response: Response) -> str:
    """Return the API's own words; the page of a proxy is only named."""
    if _is_page(response):
        return "an HTML page, probably from a proxy"
    words = " ".join(response.body[:MAX_WORDS].decode("utf-8", "replace").split())
    return words or "no message"


def _is_page(response: Response) -> bool:
    """Return whether an answer is a web page, which no API sends."""
    return "html" in response.content_type or response.body.lstrip()[:1] == b"<"


def storable(value: Any) -> str:
    """Return a text that can be stored: JSON may hold halves of characters, which UTF-8 cannot."""
    return str(value).encode("utf-8", "replace").decode()


def _accepted(response: Response) -> Answer:
    """An API answers a JSON object or nothing; anything else proves nothing."""
    status, body = response.status, parsed(response)
    if response.complete and not response.body.strip():
        return Answer(Outcome.DELIVERED, status, "")
    if response.complete and (body is not None or response.body.strip() == b"null"):
        if not says_no(body):
            return Answer(Outcome.DELIVERED, status, "")
        return Answer(Outcome.DOUBT, status, f"it says no: {text(response)}", in_doubt=True)
    reason = text(response) if response.complete else f"an answer of more than {MAX_BODY:,} bytes"
    message = f"not an answer of the API: {reason}"
    return Answer(Outcome.RETRY, status, message, in_doubt=True)


def _unusual(response: Response) -> str:
    if 300 <= response.status < 400:  # noqa: PLR2004
        return "the URL redirects, which is not followed"
    return text(response)

"""What Yespo's answers mean (its specification, guides and own connectors).

A 200 tells of each order that failed, and all others of the call were taken. What may have been
taken is sent again as seldom as can be, since each order that is sent raises an event.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from connector.http.answer import Answer, Outcome, Response, by_status, parsed, storable, text

_KEY = "api_key is refused: it is wrong, has no full access, or was not used for 90 days"
_PAUSE = (5.0, 300.0)  # seconds after a 429, which does not say how long: the first, the longest
_NOBODY = ""  # the order of a failure that does not tell whose it is


def read(response: Response) -> Answer:
    """Return the answer; what it leaves open is in doubt, and is not hammered."""
    answer, body = by_status(response), parsed(response)
    failed = body.get("failedOrders") if isinstance(body, dict) else None
    if not failed and "duplicated request" in text(response).lower():
        return _doubt(response, Outcome.DOUBT)  # the same call was taken just before
    if 200 <= response.status < 300:  # noqa: PLR2004
        return _of_success(response, answer, body, failed)
    if answer.outcome is Outcome.CREDENTIALS:
        return replace(answer, message=f"{_KEY}: {answer.message}")
    return replace(answer, pause=_PAUSE) if response.status == 429 else answer  # noqa: PLR2004


def _of_success(response: Response, answer: Answer, body: Any, failed: Any) -> Answer:
    if not response.complete:  # it repeats every order that failed: that of a half is shorter
        return _doubt(response, Outcome.SPLIT)
    if body and not isinstance(body, dict):
        return _doubt(response, Outcome.DOUBT)
    refused = dict(_failures(failed))
    message = refused.get(_NOBODY) or "; ".join(dict.fromkeys(refused.values()))
    return replace(answer, refused=refused, message=message)


def _doubt(response: Response, outcome: Outcome) -> Answer:
    return Answer(outcome, response.status, text(response), in_doubt=True)


def _failures(failed: Any) -> Iterator[tuple[str, str]]:
    """Yield order ids and messages; failures come as one object or as a list of them."""
    for failure in failed if isinstance(failed, list) else [failed] if failed else []:
        entry = failure if isinstance(failure, dict) else {}
        order = entry.get("order")
        order_id = order.get("externalOrderId") if isinstance(order, dict) else None
        is_named = isinstance(order_id, (str, int)) and not isinstance(order_id, bool)
        yield storable(order_id) if is_named else _NOBODY, storable(entry.get("error") or "refused")

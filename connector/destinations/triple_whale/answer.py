"""What Triple Whale's answers mean (its specification and guides).

A 400 is partial: the orders that it names are refused, and all others of the call were taken.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from connector.http.answer import Answer, Outcome, Response, by_status, parsed, storable, text

_LIKELY = {
    401: "api_key is refused: it is missing, revoked, or lacks the scope Orders: Write",
    403: "the shop is refused: shop is not the Shop URL of Settings > Store, or the owner of "
    "api_key has no access to it",
    404: "the path is not known, check url in connector.yml",
    500: "perhaps the shop is not known, check that shop is the Shop URL of Settings > Store",
}


def read(response: Response) -> Answer:
    """Return the answer; a refusal that leaves open whose it is counts nothing as taken."""
    answer = by_status(response)
    if response.status in _LIKELY:
        return replace(answer, message=f"{_LIKELY[response.status]}: {answer.message}")
    if response.status == 400:  # noqa: PLR2004
        return _refusal(response, Outcome.DELIVERED)
    return answer


def _refusal(response: Response, outcome: Outcome) -> Answer:
    refused = _refused(parsed(response))
    return Answer(outcome if refused else Outcome.SPLIT, response.status, text(response), refused)


def _refused(body: Any) -> dict[str, str]:
    """Return reasons by order, or nothing when an error does not tell which order it is about."""
    errors = body.get("errors") if isinstance(body, dict) else None
    reasons: dict[str, list[str]] = defaultdict(list)
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict) or not error.get("order_id"):
            return {}
        reasons[storable(error["order_id"])].append(storable(error.get("error") or "refused"))
    return {order_id: "; ".join(dict.fromkeys(each)) for order_id, each in reasons.items()}

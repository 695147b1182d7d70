"""Lists for the page what was called and what is stored, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.sandbox.storage.store import Store
from connector.text.duration import written

SIZE = 100  # rows of a page

_REQUESTS = """
select number, destination, answer, bytes, at from requests
where ?1 in ('', destination) and ?2 in ('', answer) and number < ?3
order by number desc limit ?4
"""
_ANSWERS = """
select answer, count(*), sum(bytes), max(at) from requests
where destination = ? group by answer order by answer
"""
_HELD = "select count(*) from records where destination = ? and not is_void"
_WRITTEN = "select count(*) from writes where destination = ?"
_ORDERS = """
select key, count(*), sum(is_void) from records
where destination = ?1 and key >= ?2 and key > ?3 and substr(key, 1, length(?2)) = ?2
group by key order by key limit ?4
"""


@dataclass(frozen=True, slots=True)
class Request:
    """A call in the store; `answer` is its status, or the fault that hit it."""

    number: int
    destination: str
    answer: str
    bytes: int
    at: str


def overview(store: Store, destination: str) -> dict[str, Any]:
    """Return what a destination holds and how it answered: orders, writes, answers, last_at."""
    answers = store.ask(_ANSWERS, destination)
    return {
        "orders": store.ask(_HELD, destination)[0][0],
        "writes": store.ask(_WRITTEN, destination)[0][0],
        "requests": sum(number for _, number, *_ in answers),
        "bytes": sum(size for _, _, size, _ in answers),
        "answers": {answer: number for answer, number, *_ in answers},
        "last_at": moment(max((at for *_, at in answers), default=None)),
    }


def requests(store: Store, destination: str, answer: str, before: int) -> Sequence[Request]:
    """Return the last calls before a number, the newest first; empty texts mean all."""
    found = store.ask(_REQUESTS, destination, answer, before, SIZE)
    return [
        Request(number, name, told, size, moment(at) or "")
        for number, name, told, size, at in found
    ]


def orders(store: Store, destination: str, search: str, after: str) -> Sequence[Any]:
    """Return keys that begin with a text, in order: (key, records, void ones)."""
    return store.ask(_ORDERS, destination, search, after, SIZE)


def moment(seconds: float | None) -> str | None:
    """Return a time in seconds since 1970 in ISO-8601."""
    return None if seconds is None else written(datetime.fromtimestamp(seconds, UTC))

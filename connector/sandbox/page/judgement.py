"""A call as the page shows it: each order beside the judgement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.sandbox.calls.judge import Judge
from connector.sandbox.calls.reading import Call, MalformedBodyError
from connector.sandbox.storage.arrivals import Arrival
from connector.text import exact

MOST = 100_000  # characters of a text that is not JSON


@dataclass(frozen=True, slots=True)
class Judged:
    """An order of a call, as received, and what became of it; `problems` say why it is wrong."""

    at: int
    key: str | None
    text: str
    verdict: str
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A call in parts: its orders, wrong ones first, what concerns it as a whole, other texts."""

    orders: Sequence[Judged]
    whole: Sequence[str]
    others: str | None  # a body without a list of orders
    answer: str


def shown(arrival: Arrival, judge: Judge) -> Shown:
    """Return a call with its judgement."""
    call = _call(arrival, judge)
    orders = sorted(_orders(arrival, judge, call), key=lambda each: (not each.problems, each.at))
    whole = [problem.message for problem in arrival.problems if problem.at is None]
    others = None if orders or not arrival.body else pretty(arrival.body)
    return Shown(orders, whole, others, pretty(arrival.answer))


def pretty(text: bytes) -> str:
    """Return JSON with indentation, and any other text up to 100,000 characters."""
    try:
        return exact.dumps(exact.loads(text.decode()))
    except (ValueError, RecursionError):
        return text.decode(errors="replace")[:MOST]


def _call(arrival: Arrival, judge: Judge) -> Call:
    try:
        return judge.read(arrival.body or b"")
    except MalformedBodyError:
        return Call(None)


def _orders(arrival: Arrival, judge: Judge, call: Call) -> Iterator[Judged]:
    found: dict[int, list[str]] = {}
    for problem in arrival.problems:
        if problem.at is not None:
            found.setdefault(problem.at, []).append(f"{problem.path}: {problem.message}")
    for at, (order, text) in enumerate(zip(call.orders, call.texts, strict=True)):
        problems = found.get(at, [])
        verdict = _verdict(arrival, is_wrong=bool(problems))
        yield Judged(at, judge.key(order), pretty(text.encode()), verdict, problems)


def _verdict(arrival: Arrival, *, is_wrong: bool) -> str:
    if not arrival.is_judged:
        return "not judged"
    if is_wrong:
        return "refused"
    if arrival.is_kept:
        return "kept"
    return "not kept: the call was refused" if arrival.problems else "right, and not kept"

"""What a contract says of reading back what a destination holds: the question, and the answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

from connector.contract.entity import Entity
from connector.contract.schema import HELP
from connector.exceptions import ContractError
from connector.text.names import nearest

START, END, CURRENCY = "start", "end", "currency"  # what a question may name beside settings
METHODS = ("GET", "POST")
ENDS = ("exclusive", "inclusive")


@dataclass(frozen=True, slots=True)
class Request:
    """The question for the orders of one day; its texts are templates over the plain settings.

    `{start}` is the day, `{end}` the day itself or, where the end is exclusive, the one after it. A
    member whose template names `{currency}` is left out where none is asked for.
    """

    method: str
    environments: Mapping[str, str]
    end: str
    parameters: Mapping[str, Any] = field(default_factory=dict)  # of the query
    body: Mapping[str, Any] = field(default_factory=dict)
    count: Mapping[str, Any] = field(default_factory=dict)  # members for the number of rows
    headers: Mapping[str, str] = field(default_factory=dict)  # instead of the contract's
    rows: Sequence[str] = ()  # members of an object that may hold the rows, such as data.rows
    most_rows: int | None = None  # an answer with as many may be cut off
    needs: str = ""  # what credentials must allow
    every: int = 0  # seconds from one question to the next, at least

    @property
    def asks_by_currency(self) -> bool:
        """Return whether amounts come in the currency that is asked for."""
        return CURRENCY in set(_names((self.body, self.parameters)))

    def question(self, day: date, values: Mapping[str, str], *, counts: bool = False) -> bytes:
        """Return the JSON of the body, or of the parameters of the query.

        `values` are plain settings, and `currency` where amounts are to be in one. With `counts`
        it asks for the number of rows instead.
        """
        last = day + timedelta(days=1) if self.end == ENDS[0] else day
        known = {**values, START: day.isoformat(), END: last.isoformat()}
        template = {**(self.body or self.parameters), **(self.count if counts else {})}
        filled = _filled(template, known)
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class ReadBack:
    """How orders are read back, and what of them can be compared.

    `fields` maps columns of the order to members of a row; `list.column` is the sum over a list.
    Without a `request` there is no way to ask, and `why_not` says so.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    request: Request | None = None
    why_not: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # theirs → ours
    by_day: Sequence[str] = ()  # columns of time of which the day alone is compared
    flags: Sequence[str] = ()  # members that mark a row as not counting
    absent: Mapping[str, Any] = field(default_factory=dict)  # what makes a payload count as gone
    currency: str | None = None  # the column of the currency of amounts
    several: bool = False  # whether the destination may have several records of an order
    by_hand: str = "take the wrong one back there"  # of records that rows do not tell apart
    early: int = 0  # seconds within which an order may not be shown yet
    late: int = 0  # seconds within which a missing order may still be shown
    not_compared: Sequence[str] = ()  # what cannot be compared, in words


def read_back(values: Mapping[str, Any] | None) -> ReadBack | None:
    """Read `x-read-back`."""
    if values is None:
        return None
    request = values.get("request")
    return ReadBack(**{**values, "request": Request(**request) if request else None})


def check_read_back(path: Path, orders: Entity, found: ReadBack, time: str) -> None:
    """Raise ContractError for what cannot be asked or compared; `time` is the order's own."""
    columns = {each.column for each in orders.fields if not each.schema.get("x-personal")}
    sums = {
        f"{child.label}.{each.column}"
        for child in orders.children
        for each in child.fields
        if each.kind in {"number", "integer"}
    }
    named = {
        "fields": (found.fields, columns | sums),
        "values": (found.values, set(found.fields)),
        "by_day": (found.by_day, set(found.fields)),
        "currency": ([found.currency] if found.currency else [], columns),
        "absent": (found.absent, set(orders.schema["properties"])),
    }
    for where, (names, known) in named.items():
        for name in names:
            if name not in known:
                hint = nearest(name, known)
                raise _wrong(path, where, f"{name!r} cannot be compared{hint}")
    for needed in (orders.keys[0], time):
        if needed not in found.fields:
            raise _wrong(path, "fields", f"needs {needed!r}, by which rows are told apart")
    if found.request:
        _check_request(path, found.request)
    elif not found.why_not:
        raise _wrong(path, "request", "is missing; without one, say in `why_not` what is the cause")


def templates(request: Request) -> Iterator[str]:
    """Yield the settings that a question names, and what it is asked about."""
    yield from _names((request.parameters, request.body, request.count))


def _check_request(path: Path, request: Request) -> None:
    if request.method not in METHODS:
        problem = f"{request.method!r} is not one of {', '.join(METHODS)}"
        raise _wrong(path, "request: method", problem)
    if request.end not in ENDS:
        raise _wrong(path, "request: end", f"{request.end!r} is not one of {', '.join(ENDS)}")
    wanted, other = ("body", "parameters")[:: 1 if request.method == "POST" else -1]
    if not getattr(request, wanted) or getattr(request, other):
        raise _wrong(path, f"request: {wanted}", f"is what a {request.method} asks with")
    names = set(_names((request.parameters, request.body)))
    for name in (START, END):
        if name not in names:
            raise _wrong(path, f"request: {wanted}", f"must name {{{name}}}, to ask for a day")
    if request.count and request.method == "GET":
        raise _wrong(path, "request: count", "is for a POST")


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (name for _, name, _, _ in Formatter().parse(value) if name is not None)
    elif isinstance(value, Mapping):
        yield from _names(list(value.values()))
    elif isinstance(value, Sequence):
        for each in value:
            yield from _names(each)


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """Return a template with what is known filled in, without the members that need more."""
    if isinstance(value, Mapping):
        kept = {name: each for name, each in value.items() if set(_names(each)) <= set(known)}
        return {name: _filled(each, known) for name, each in kept.items()}
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    return value.format_map(known) if isinstance(value, str) else value


def _wrong(path: Path, where: str, problem: str) -> ContractError:
    return ContractError(f"{path}: x-read-back: {where}: {problem}; {HELP}")

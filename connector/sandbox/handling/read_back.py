"""Gives orders back as a contract says that its destination does; see `x-read-back`."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from connector.contract.read_back import END, START, Request
from connector.sandbox.calls.answers import Answer
from connector.sandbox.calls.reading import MalformedBodyError
from connector.sandbox.handling.context import RequestContext


def asked(request: Request, given: Any) -> tuple[date, date] | None:
    """Return the days that a question is about, the last one among them; None when it has none."""
    found = dict(_placed(request.parameters or request.body, given))
    try:
        start, end = (date.fromisoformat(found[name]) for name in (START, END))
    except (KeyError, TypeError, ValueError):
        return None
    return start, end - timedelta(days=request.end == "exclusive")


def question(request: Request, context: RequestContext, body: bytes) -> Any:
    """Return what is asked: the query of the URL, or the JSON of the body.

    Raises MalformedBodyError when that is not valid JSON.
    """
    if request.method == "GET":
        return dict(context.request.query_params)
    try:
        return orjson.loads(body)
    except ValueError as error:
        raise MalformedBodyError from error


def give(context: RequestContext, body: bytes) -> Answer:
    """Answer the question for the orders of some days."""
    served = context.served
    read_back = served.contract.read_back
    request = read_back.request if read_back else None
    given = question(request, context, body) if request else {}
    days = asked(request, given) if request else None
    if days is None:
        return served.destination.refused_unnamed(
            "start_date and end_date are needed, as YYYY-MM-DD"
        )
    if served.giving.error is not None:
        return Answer(200, orjson.dumps({"success": False, "error": served.giving.error}))
    return served.destination.asked(served.store, given, days, served.giving)


def _placed(template: Any, given: Any) -> Iterator[tuple[str, Any]]:
    """Yield the places of a template that hold nothing but a name."""
    if isinstance(template, Mapping):
        for name, value in template.items():
            if isinstance(given, Mapping) and name in given:
                yield from _placed(value, given[name])
    elif template in (f"{{{START}}}", f"{{{END}}}"):
        yield template[1:-1], given

"""What a call does once its body is there: orders are taken, or one is deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connector.sandbox.calls.answers import Answer
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.faults.poison import REASON
from connector.sandbox.handling.context import RequestContext
from connector.sandbox.handling.storing import Order, batch
from connector.sandbox.storage import reports

_MOMENT = "%Y-%m-%dT%H:%M:%S"


def take(context: RequestContext, body: bytes) -> Answer:
    """Judge a call and keep what the destination would; MalformedBodyError for invalid JSON."""
    served = context.served
    call = served.judge.read(body)
    away = served.destination.turned_away(call.document, served.settings.credentials)
    if away:
        return away
    problems = served.judge.problems(call)
    whole = next((problem for problem in problems if problem.at is None), None)
    context.problems = problems
    if whole:
        return served.destination.refused_unnamed(whole.message)
    return _judged(context, call, problems)


def _judged(context: RequestContext, call: Call, problems: list[Problem]) -> Answer:
    served = context.served
    keys = [served.judge.key(order) for order in call.orders]
    wrong = {problem.at for problem in problems}
    for at, message in served.poison.refusals(keys):
        if at not in wrong:
            problems.append(Problem(at, keys[at], message, served.judge.path(at)))
    wrong = {problem.at for problem in problems}
    if problems and not served.destination.is_partial:
        return served.destination.refused(problems, call)
    if served.poison.spoils(keys):
        return served.destination.refused_unnamed("the payload cannot be processed")
    orders = [
        Order(key, order, text)
        for at, (key, order, text) in enumerate(zip(keys, call.orders, call.texts, strict=True))
        if key is not None and at not in wrong
    ]
    _keep(context, call, orders)
    if problems:
        return served.destination.refused(problems, call)
    return served.destination.accepted(len(orders))


def _keep(context: RequestContext, call: Call, orders: Sequence[Order]) -> None:
    served = context.served
    if served.settings.keeps_orders:
        left = batch(served.store, served.destination, call.document, orders)
        served.store.write(served.contract.destination, context.number, left)
        context.is_kept = True


def delete(context: RequestContext, body: bytes) -> Answer:  # noqa: ARG001 - a handler as any other
    """Delete the order that the query names, or those of a range of time, if they are there."""
    served = context.served
    if served.destination.deletes_between and not _names_an_order(context):
        return _delete_between(context, *served.destination.deletes_between)
    names = _parameters(context)
    query = context.request.query_params
    key = next((query[name] for name in names if query.get(name)), None)
    if key is None:
        return served.destination.refused_unnamed(f"{' or '.join(names)} is needed")
    if served.poison.refusals([key]) or served.poison.spoils([key]):
        return served.destination.refused_unnamed(REASON)
    if served.settings.keeps_orders:
        served.store.delete(served.contract.destination, context.number, key)
    return served.destination.deleted()


def _parameters(context: RequestContext) -> list[str]:
    actions = context.served.contract.removal.actions.values()
    return [action.parameter for action in actions if action.parameter]


def _names_an_order(context: RequestContext) -> bool:
    return any(context.request.query_params.get(name) for name in _parameters(context))


def _delete_between(context: RequestContext, first: str, last: str) -> Answer:
    """Delete the orders of at most a day; `first` and `last` are parameters that hold its ends."""
    served, query = context.served, context.request.query_params
    try:
        start, end = (datetime.strptime(query[name], _MOMENT) for name in (first, last))  # noqa: DTZ007 - in UTC
    except (KeyError, ValueError):
        names = " or ".join([*_parameters(context), f"{first} and {last}"])
        return served.destination.refused_unnamed(
            f"{names} is needed, times as 2026-03-14T18:42:07"
        )
    if not start < end <= start + timedelta(days=1):
        reason = f"{first} must be before {last}, and at most 24 hours"
        return served.destination.refused_unnamed(reason)
    if served.settings.keeps_orders:
        for key in reports.keys_between(served.store, served.contract, str(start), str(end)):
            served.store.delete(served.contract.destination, context.number, key)
    return served.destination.deleted()

"""What a call does once its body is there: orders are taken, or one is deleted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connector.sandbox.calls.answers import Answer
from connector.sandbox.calls.judge import Problem
from connector.sandbox.calls.reading import Call
from connector.sandbox.faults.poison import REASON
from connector.sandbox.handling.exchange import Exchange
from connector.sandbox.handling.keeping import Order, batch
from connector.sandbox.storage import reports

_MOMENT = "%Y-%m-%dT%H:%M:%S"


def take(exchange: Exchange, body: bytes) -> Answer:
    """Judge a call and keep what the destination would; MalformedBodyError for invalid JSON."""
    desk = exchange.desk
    call = desk.judge.read(body)
    away = desk.destination.turned_away(call.document, desk.settings.credentials)
    if away:
        return away
    problems = desk.judge.problems(call)
    whole = next((problem for problem in problems if problem.at is None), None)
    exchange.problems = problems
    if whole:
        return desk.destination.refused_unnamed(whole.message)
    return _judged(exchange, call, problems)


def _judged(exchange: Exchange, call: Call, problems: list[Problem]) -> Answer:
    desk = exchange.desk
    keys = [desk.judge.key(order) for order in call.orders]
    wrong = {problem.at for problem in problems}
    for at, message in desk.poison.refusals(keys):
        if at not in wrong:
            problems.append(Problem(at, keys[at], message, desk.judge.path(at)))
    wrong = {problem.at for problem in problems}
    if problems and not desk.destination.is_partial:
        return desk.destination.refused(problems, call)
    if desk.poison.spoils(keys):
        return desk.destination.refused_unnamed("the payload cannot be processed")
    orders = [
        Order(key, order, text)
        for at, (key, order, text) in enumerate(zip(keys, call.orders, call.texts, strict=True))
        if key is not None and at not in wrong
    ]
    _keep(exchange, call, orders)
    if problems:
        return desk.destination.refused(problems, call)
    return desk.destination.accepted(len(orders))


def _keep(exchange: Exchange, call: Call, orders: Sequence[Order]) -> None:
    desk = exchange.desk
    if desk.settings.keeps_orders:
        left = batch(desk.store, desk.destination, call.document, orders)
        desk.store.write(desk.contract.destination, exchange.number, left)
        exchange.is_kept = True


def delete(exchange: Exchange, body: bytes) -> Answer:  # noqa: ARG001 - a deed as any other
    """Delete the order that the query names, or those of a range of time, if they are there."""
    desk = exchange.desk
    if desk.destination.deletes_between and not _names_an_order(exchange):
        return _delete_between(exchange, *desk.destination.deletes_between)
    names = _parameters(exchange)
    query = exchange.request.query_params
    key = next((query[name] for name in names if query.get(name)), None)
    if key is None:
        return desk.destination.refused_unnamed(f"{' or '.join(names)} is needed")
    if desk.poison.refusals([key]) or desk.poison.spoils([key]):
        return desk.destination.refused_unnamed(REASON)
    if desk.settings.keeps_orders:
        desk.store.delete(desk.contract.destination, exchange.number, key)
    return desk.destination.deleted()


def _parameters(exchange: Exchange) -> list[str]:
    actions = exchange.desk.contract.removal.actions.values()
    return [action.parameter for action in actions if action.parameter]


def _names_an_order(exchange: Exchange) -> bool:
    return any(exchange.request.query_params.get(name) for name in _parameters(exchange))


def _delete_between(exchange: Exchange, first: str, last: str) -> Answer:
    """Delete the orders of at most a day; `first` and `last` are parameters that hold its ends."""
    desk, query = exchange.desk, exchange.request.query_params
    try:
        start, end = (datetime.strptime(query[name], _MOMENT) for name in (first, last))  # noqa: DTZ007 - in UTC
    except (KeyError, ValueError):
        names = " or ".join([*_parameters(exchange), f"{first} and {last}"])
        return desk.destination.refused_unnamed(f"{names} is needed, times as 2026-03-14T18:42:07")
    if not start < end <= start + timedelta(days=1):
        reason = f"{first} must be before {last}, and at most 24 hours"
        return desk.destination.refused_unnamed(reason)
    if desk.settings.keeps_orders:
        for key in reports.keys_between(desk.store, desk.contract, str(start), str(end)):
            desk.store.delete(desk.contract.destination, exchange.number, key)
    return desk.destination.deleted()

"""What a call does once its body is there: orders are taken, or one is deleted."""

from collections.abc import Sequence

from connector.sandbox.answers import Answer
from connector.sandbox.exchange import Exchange
from connector.sandbox.judge import Problem
from connector.sandbox.keeping import Order, batch
from connector.sandbox.poison import REASON
from connector.sandbox.reading import Call


def take(exchange: Exchange, body: bytes) -> Answer:
    """Judge a call and keep what the destination would; MalformedBodyError if it is no JSON."""
    desk = exchange.desk
    call = desk.judge.read(body)
    away = desk.destination.turned_away(call.document, desk.settings.credentials)
    if away:
        return away
    problems = desk.judge.problems(call)
    whole = next((problem for problem in problems if problem.at is None), None)
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


def delete(exchange: Exchange, body: bytes) -> Answer:  # noqa: ARG001 - a deed as any other
    """Delete the order that the query names, if it is there."""
    desk = exchange.desk
    names = [
        action.parameter for action in desk.contract.removal.actions.values() if action.parameter
    ]
    query = exchange.request.query_params
    key = next((query[name] for name in names if query.get(name)), None)
    if key is None:
        return desk.destination.refused_unnamed(f"{' or '.join(names)} is needed")
    if desk.poison.refusals([key]) or desk.poison.spoils([key]):
        return desk.destination.refused_unnamed(REASON)
    if desk.settings.keeps_orders:
        desk.store.delete(desk.contract.destination, exchange.number, key)
    return desk.destination.deleted()

"""Puts the destinations and the paths for tests together into one application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connector.contract import Contract
from connector.destinations import contracts
from connector.sandbox import northbeam
from connector.sandbox.admin import AdminPaths
from connector.sandbox.answers import Destination
from connector.sandbox.behaviours import BEHAVIOURS, ELSEWHERE
from connector.sandbox.budget import Budget
from connector.sandbox.exchange import Desk
from connector.sandbox.faults import Faults
from connector.sandbox.judge import Judge
from connector.sandbox.orders import OrderPaths
from connector.sandbox.poison import Poison
from connector.sandbox.settings import Settings
from connector.sandbox.store import Store

DESTINATIONS: dict[str, Destination] = {"northbeam": northbeam}


def build(settings: Settings, when_ready: Callable[[], None]) -> Starlette:
    """Make the application; ValueError for faults or poison that make no sense."""
    store = Store(settings.store)
    known = contracts()
    desks = {name: _desk(known[name], settings, store) for name in DESTINATIONS}
    routes = [route for desk in desks.values() for route in _routes(desk)]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        when_ready()
        yield
        store.close()

    return Starlette(
        routes=[*routes, *AdminPaths(desks, store).routes(), _elsewhere(store)], lifespan=lifespan
    )


def _desk(contract: Contract, settings: Settings, store: Store) -> Desk:
    return Desk(
        contract=contract,
        destination=DESTINATIONS[contract.destination],
        settings=settings,
        store=store,
        judge=Judge(contract),
        budget=Budget(contract.budget["bytes"], contract.budget["seconds"]),
        faults=Faults(settings.faults, BEHAVIOURS, settings.seed),
        poison=Poison(settings.poison, settings.poison_unnamed, settings.poison_everything),
    )


def _routes(desk: Desk) -> list[Route]:
    return OrderPaths(desk, urlsplit(desk.contract.environments["local"]).path).routes()


def _elsewhere(store: Store) -> Route:
    # Nobody should come here: a redirect was followed, with headers that hold secrets.
    async def followed(_: Request) -> Response:
        store.note_request(next(iter(DESTINATIONS)), store.next_request(), "followed", 0)
        return Response(status_code=404)

    return Route(ELSEWHERE, followed, methods=["GET", "POST"])

"""Puts the destinations and the paths for tests together into one application."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.exceptions import ContractError
from connector.sandbox.admin import AdminPaths
from connector.sandbox.calls.judge import Judge
from connector.sandbox.calls.visitors import Visitors
from connector.sandbox.destinations.northbeam import Northbeam
from connector.sandbox.destinations.triple_whale import TripleWhale
from connector.sandbox.destinations.yespo import Yespo
from connector.sandbox.faults.budget import Budget
from connector.sandbox.faults.faults import Faults
from connector.sandbox.faults.poison import Poison
from connector.sandbox.handling.behaviours import BEHAVIOURS, ELSEWHERE
from connector.sandbox.handling.context import ServedDestination
from connector.sandbox.handling.destination import Destination
from connector.sandbox.handling.orders import OrderPaths
from connector.sandbox.page.page import ADDRESS, FORMS, Page
from connector.sandbox.settings import Settings
from connector.sandbox.storage.arrivals import Arrivals
from connector.sandbox.storage.store import Store

# Those that answer in a way of their own; any other answers as `Destination` does.
DESTINATIONS: dict[str, type[Destination]] = {
    "northbeam": Northbeam,
    "triple_whale": TripleWhale,
    "yespo": Yespo,
}


def build(settings: Settings, when_ready: Callable[[], None]) -> Starlette:
    """Make the application.

    Raises ContractError for a contract that cannot be served, ValueError for faults or poison that
    make no sense.
    """
    store, arrivals = Store(settings.store), Arrivals()
    all_served = {
        name: _served(contract, settings, store, arrivals)
        for name, contract in contracts(settings.destinations).items()
        if "local" in contract.environments
    }
    _check_paths(served.contract for served in all_served.values())
    routes = [route for served in all_served.values() for route in OrderPaths(served).routes()]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        when_ready()
        yield
        store.close()

    return Starlette(
        routes=[
            *routes,
            *AdminPaths(all_served, store, arrivals).routes(),
            _elsewhere(store),
            Route("/", lambda _: RedirectResponse(ADDRESS)),
            Mount(ADDRESS, Page(all_served, store, arrivals).application()),
        ],
        middleware=[Middleware(Visitors, host=settings.host, forms=FORMS)],
        lifespan=lifespan,
    )


def _served(
    contract: Contract, settings: Settings, store: Store, arrivals: Arrivals
) -> ServedDestination:
    destination = DESTINATIONS.get(contract.destination, Destination)(contract)
    return ServedDestination(
        contract=contract,
        destination=destination,
        settings=settings,
        store=store,
        judge=Judge(contract, is_distinct=destination.refuses_equal_orders),
        budget=_budget(contract),
        faults=Faults(settings.faults, BEHAVIOURS, settings.seed),
        poison=Poison(settings.poison, settings.poison_unnamed, settings.poison_everything),
        arrivals=arrivals,
    )


def _budget(contract: Contract) -> Budget | None:
    granted = contract.budget
    if not granted:
        return None
    limit = granted.get("bytes", granted.get("requests", 0))
    return Budget(limit, granted["seconds"], of_bytes="bytes" in granted)


def _check_paths(known: Iterable[Contract]) -> None:
    taken: dict[str, Contract] = {}
    for contract in known:
        path = urlsplit(contract.environments["local"]).path
        if path in taken:
            other = taken[path].path
            raise ContractError(
                f"{contract.path}: the path {path} of the local environment is that of {other}; "
                "give each destination one of its own"
            )
        taken[path] = contract


def _elsewhere(store: Store) -> Route:
    # Nobody should come here: a redirect was followed, with headers that hold secrets.
    async def followed(request: Request) -> Response:
        destination = request.path_params["destination"]
        store.note_request(destination, store.next_request(), "followed", 0)
        return Response(status_code=404)

    return Route(ELSEWHERE + "/{destination}", followed, methods=["GET", "POST", "DELETE"])

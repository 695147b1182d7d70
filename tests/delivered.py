"""Copies of shops that have delivered their orders: a first sync costs half a second."""

import shutil
from collections.abc import Callable, Hashable
from pathlib import Path

import requests

from connector.contract.contract import Contract
from tests.conformance.examples import CONTRACTS
from tests.conformance.shop import PLAIN, plant
from tests.shop import Shop


class Delivered:
    """The first shop of a kind is made and synced; the others are copies of its files.

    What a copy has delivered is posted to its sandbox again, in one request.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[Hashable, list[str]] = {}
        self._folders: dict[Hashable, Path] = {}

    def fill(self, shop: Shop, kind: Hashable, make: Callable[[], object]) -> None:
        """Fill an empty shop as `make` does, which must always do the same for a kind."""
        if kind not in self._texts:
            make()
            self._texts[kind] = shop.sandbox.texts()
            self._folders[kind] = self._folder / str(len(self._folders))
            shutil.copytree(shop.directory, self._folders[kind])
            return
        shutil.copytree(self._folders[kind], shop.directory, dirs_exist_ok=True)
        post(shop, self._texts[kind])


def post(shop: Shop, texts: list[str]) -> requests.Response:
    """Post orders with valid credentials, bypassing the connector."""
    contract = CONTRACTS[shop.sandbox.destination]
    values = plain_settings(contract)
    headers = {name: text.format_map(values) for name, text in contract.headers.items()}
    basic = contract.basic_auth
    user = (basic.user.format_map(values), basic.password.format_map(values)) if basic else None
    before, after = contract.envelope.around(values)
    body = f"{before}{','.join(texts)}{after}".encode()
    headers["Content-Type"] = "application/json"
    return requests.post(shop.url, body, headers=headers, auth=user, timeout=60)


def plain_settings(contract: Contract) -> dict[str, str]:
    """The settings of a destination with its planted secrets."""
    secrets = plant(contract)
    return {name: secrets.get(name, PLAIN) for name in contract.settings}

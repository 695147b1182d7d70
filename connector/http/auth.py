"""Authenticates requests to a destination."""

from collections.abc import Mapping
from typing import Protocol

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from connector.contract.contract import Contract
from connector.text.secret import Secret


class Auth(Protocol):
    """What a call needs of a way to authenticate; one object serves all workers of a run."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the proof to a request that is about to be sent; runs in any thread."""

    def secrets(self) -> Mapping[str, str]:
        """Return name → value of all secrets, which are masked wherever an answer repeats them."""


def authentication(contract: Contract, secrets: Mapping[str, Secret]) -> Auth:
    """Return how the contract's requests are authenticated; the one place that chooses it."""
    return StaticAuth(contract, secrets)


class StaticAuth(AuthBase):
    """Headers and HTTP Basic, as the contract's templates over secrets that stay the same.

    That it is an `auth` of requests keeps ~/.netrc from replacing its headers.
    """

    def __init__(self, contract: Contract, secrets: Mapping[str, Secret]) -> None:
        self._headers, self._basic = contract.headers, contract.basic_auth
        self._secrets = secrets

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Reveal the secrets at the last moment."""
        revealed = self.secrets()
        for name, text in self._headers.items():
            request.headers[name] = text.format(**revealed)
        if self._basic:
            user, password = self._basic.user, self._basic.password
            HTTPBasicAuth(user.format(**revealed), password.format(**revealed))(request)
        return request

    def secrets(self) -> dict[str, str]:
        """Return them by the names of their settings."""
        return {name: secret.reveal() for name, secret in self._secrets.items()}

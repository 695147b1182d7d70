"""A session of requests that ends in time, follows no redirect and keeps nothing of an answer."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from connector.http.call_limit import watched
from connector.text.loopback import LOOPBACK


class _Adapter(HTTPAdapter):
    """Makes connections whose calls end in time, directly or through a proxy of any kind."""

    def get_connection_with_tls_context(self, *arguments: Any, **named: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*arguments, **named)
        if "ConnectionCls" not in vars(pool):
            pool.ConnectionCls = watched(pool.ConnectionCls)
        return pool


class Session(requests.Session):
    """Calls one URL; use it within `call_limit.limited`."""

    def __init__(self, url: str) -> None:
        super().__init__()
        # A proxy must not see what is sent in clear text to this machine itself.
        self.trust_env = urlsplit(url).hostname not in LOOPBACK
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """Return None: to look where a redirect leads, requests reads all of its body first."""
        return None

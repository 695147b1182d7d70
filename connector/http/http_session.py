"""A session of requests that ends in time, follows no redirect and keeps nothing of an answer."""

import os
import ssl
from http.cookiejar import DefaultCookiePolicy
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from connector.exceptions import ConfigError
from connector.http.call_limit import watched
from connector.settings.url import LOOPBACK

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


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


def check_surroundings(url: str) -> None:
    """Raise ConfigError naming a variable of the environment with which no call can succeed.

    Nothing is sent to find out, so that no order is in doubt. A proxy is not quoted, as its URL may
    hold a password.
    """
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if proxy := select_proxy(url, get_environ_proxies(url)):
        _check_proxy(_variable(parts.scheme, proxy), proxy)
    name = next((name for name in _BUNDLES if os.environ.get(name)), None)
    if name and parts.scheme == "https":
        _check_bundle(name, Path(os.environ[name]))


def _variable(scheme: str, proxy: str) -> str:
    names = (f"{kind}_proxy" for kind in (scheme, "all"))
    both = [each for name in names for each in (name, name.upper())]
    return next((name for name in both if os.environ.get(name) == proxy), both[1])


def _check_proxy(name: str, proxy: str) -> None:
    try:
        parts = parse_url(proxy if "://" in proxy else f"http://{proxy}")
    except (LocationParseError, ValueError):
        parts = parse_url("")
    if not parts.host or parts.scheme not in _PROXIES:
        raise ConfigError(
            f"the environment variable {name} holds no proxy that can be used; export it as "
            "http://host:port, or unset it"
        )
    if parts.scheme.startswith("socks") and find_spec("socks") is None:
        raise ConfigError(
            f"the environment variable {name} asks for a SOCKS proxy, for which a package is "
            "missing; run `pip install 'requests[socks]'`"
        )


def _check_bundle(name: str, path: Path) -> None:
    try:
        if path.is_dir():
            return
        ssl.create_default_context(cafile=str(path))
    except (OSError, ValueError) as error:  # the former are those of TLS, too
        raise ConfigError(
            f"the environment variable {name} names {path}, which holds no certificates that can "
            "be read; correct it, or unset it"
        ) from error

"""What the environment says of calls: proxies and certificates.

Most runs have nothing to send, so that nothing of `requests` is loaded here without need.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from connector.exceptions import ConfigError
from connector.text.loopback import LOOPBACK

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_PROXIES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")


def check_surroundings(url: str) -> None:
    """Raise ConfigError naming a variable of the environment with which no call can succeed.

    Nothing is sent to find out, so that no order is in doubt. A proxy is not quoted, as its URL may
    hold a password.
    """
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK:
        return
    if proxy := _proxy(url):
        _check_proxy(_variable(parts.scheme, proxy), proxy)
    name = next((name for name in _BUNDLES if os.environ.get(name)), None)
    if name and parts.scheme == "https":
        _check_bundle(name, Path(os.environ[name]))


def _proxy(url: str) -> str | None:
    """Return the proxy by which `requests` calls a URL."""
    if sys.platform == "linux" and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415 - start-up time

    found: str | None = select_proxy(url, get_environ_proxies(url))
    return found


def _variable(scheme: str, proxy: str) -> str:
    names = (f"{kind}_proxy" for kind in (scheme, "all"))
    both = [each for name in names for each in (name, name.upper())]
    return next((name for name in both if os.environ.get(name) == proxy), both[1])


def _check_proxy(name: str, proxy: str) -> None:
    from urllib3.exceptions import LocationParseError  # noqa: PLC0415 - start-up time
    from urllib3.util import parse_url  # noqa: PLC0415

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
    import ssl  # noqa: PLC0415 - start-up time

    try:
        if path.is_dir():
            return
        ssl.create_default_context(cafile=str(path))
    except (OSError, ValueError) as error:  # the former are those of TLS, too
        raise ConfigError(
            f"the environment variable {name} names {path}, which holds no certificates that can "
            "be read; correct it, or unset it"
        ) from error

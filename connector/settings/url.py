"""Checks the URL that orders go to."""

from urllib.parse import urlsplit

from connector.text.loopback import LOOPBACK
from connector.text.yaml_file import Section


def check_url(section: Section, environment: str, url: str, key: str = "url") -> None:
    """Raise for a URL that orders must not be sent to; `section` and `key` say where it stands."""
    try:
        parts = urlsplit(url)
        full = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        full = False
    if not full:
        raise section.wrong(key, "is not a full https:// URL; write it with scheme and host")
    if parts.username or parts.password:
        raise section.wrong(key, "holds credentials; keep them in the environment")
    host = parts.hostname
    if parts.scheme == "http" and host not in LOOPBACK:
        only = "use https://, as nothing else may leave this machine"
        raise section.wrong(key, f"is http:// to {host}; {only}")
    if environment == "local" and host not in LOOPBACK:
        raise section.wrong(key, f"is of {host}, which is not `environment: local`; name another")
    if parts.query:
        raise section.wrong(key, "has a query; remove it, an order's URL has none")

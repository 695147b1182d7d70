"""Posts a message where people read it, such as a Slack channel; errors are only logged."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from connector.exceptions import ConfigError
from connector.http.call_limit import limited
from connector.http.http_session import Session
from connector.text.loopback import LOOPBACK
from connector.text.variable import origin, value

TIMEOUTS = (5.0, 10.0)  # seconds to connect, and until the whole answer has arrived

log = logging.getLogger(__name__)


def post(key: str, variable: str, text: str) -> None:
    """Post a text to the URL that an environment variable holds, as Slack's `{"text": …}`.

    `key` is the setting that asks for it. Only https leaves this machine, no redirect is followed,
    and the URL, which is a secret, is never told.
    """
    try:
        url = value(variable)
    except ConfigError as error:
        _warn(key, str(error))
        return
    if wrong := problem(url):
        _warn(key, f"{origin(variable)} {wrong}")
        return
    try:
        with _unlogged(), limited(TIMEOUTS) as call, Session(url) as session:
            answer = session.post(
                url,
                json={"text": _escaped(text)},
                timeout=TIMEOUTS,
                allow_redirects=False,
                auth=lambda request: request,  # nor is ~/.netrc asked for credentials
                stream=True,
            )
            answer.close()
        call.check()
    except Exception as error:  # noqa: BLE001 - a webhook must not fail the run that it reports
        _warn(key, f"the webhook did not answer ({type(error).__name__}); check {variable}")
        return
    if not answer.ok or answer.is_redirect:
        _warn(key, f"the webhook answered with HTTP {answer.status_code}; check {variable}")


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the path of the URL, which is the secret, from the log of everything."""
    logger = logging.getLogger("urllib3.connectionpool")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def problem(url: str) -> str | None:
    """Return what is wrong with a URL, without quoting it."""
    if not url:
        return "is not set; export it, or remove the setting"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "holds no URL; export the https:// URL of the webhook"
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return None
    return "holds no https:// URL; export the https:// URL of the webhook"


def _escaped(text: str) -> str:
    """Return the text escaped for Slack, so that an API's words cannot notify a whole channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _warn(key: str, what: str) -> None:
    log.warning("%s: no message was sent: %s", key, what)

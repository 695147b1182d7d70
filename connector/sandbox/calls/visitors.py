"""Turns away what a web page in the operator's browser could send to the sandbox.

A page may send a simple POST to any address of this machine, and read the answer when a name of its
own leads here. So a call must name this machine, come from no other page, and say that it is JSON.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.text.loopback import LOOPBACK
from connector.web.safety import foreign, misdirected

# What a page may send without asking first.
_SIMPLE = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")


class Visitors:
    """Lets through to an application what is meant for it; `host` is where it listens.

    What is posted to a form, whose path begins with `forms`, needs not be JSON.
    """

    def __init__(self, app: ASGIApp, host: str, forms: str) -> None:
        self._app, self._is_private, self._forms = app, host in LOOPBACK, forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call that is not meant for the sandbox, and pass the others on."""
        refusal = None
        if scope["type"] == "http":
            is_form = scope["path"].startswith(self._forms)
            refusal = self._refusal(Headers(scope=scope), is_form=is_form)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Mapping[str, str], *, is_form: bool) -> ASGIApp | None:
        host = headers.get("host")  # which every browser sends
        if self._is_private and host is not None and (refusal := misdirected(host)):
            return refusal
        if refusal := foreign(headers):
            return refusal
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in _SIMPLE and not is_form:
            return PlainTextResponse("the Content-Type must be application/json", 415)
        return None

"""Lets the user of this machine read a page, but not other web sites in their browser.

Another site can make a browser request any address, and can read the answer if its own host name
resolves to this machine. So a request must name this machine, must not come from another site, and
must only read.
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.text.loopback import is_loopback

READING = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Safety:
    """Refuses forbidden requests, and adds security headers to the application's answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = refused(scope["method"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, guarded)


def refused(method: str, headers: Mapping[str, str]) -> ASGIApp | None:
    """Return the answer to a forbidden request, None for an allowed one."""
    host = headers.get("host", "")
    if not is_loopback(host):
        return PlainTextResponse("the Host is not this machine; use 127.0.0.1", 421)
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return PlainTextResponse("the call comes from another page", 403)
    # Allow links from a mail or a chat, but no other request from another site.
    is_foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if is_foreign and headers.get("sec-fetch-mode") != "navigate":
        return PlainTextResponse("the call comes from another page", 403)
    if method not in READING:
        return PlainTextResponse("the page can only be read", 405, {"allow": "GET, HEAD"})
    return None

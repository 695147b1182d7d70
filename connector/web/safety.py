"""Lets the user of this machine read a page, but not other web sites in their browser.

Another site can make a browser request any address, and can read the answer if its own host name
resolves to this machine. So a request must name this machine and must not come from another site.
What writes, or costs much, must come from a page of ours.
"""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connector.text.loopback import is_loopback

READING = ("GET", "HEAD")
_FOREIGN = "the call comes from another page"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # with no-referrer, our own forms would have no Origin
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Safety:
    """Refuses forbidden requests, and adds security headers to the application's answers.

    `writing` are the paths of forms that may be posted from a page of ours; all else only reads.
    """

    def __init__(self, app: ASGIApp, writing: Collection[str] = ()) -> None:
        self._app, self._writing = app, writing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        is_form = scope["method"] == "POST" and scope["path"] in self._writing
        refusal = refused(scope["method"], Headers(scope=scope), is_form=is_form)
        await (refusal or self._app)(scope, receive, guarded)


def refused(method: str, headers: Mapping[str, str], *, is_form: bool = False) -> ASGIApp | None:
    """Return the answer to a forbidden request for a page, None for an allowed one."""
    refusal = misdirected(headers.get("host", "")) or foreign(headers)
    if refusal:
        return refusal
    # Allow links from a mail or a chat, but no other request from another site.
    if not is_ours(headers) and (is_form or headers.get("sec-fetch-mode") != "navigate"):
        return PlainTextResponse(_FOREIGN, 403)
    if is_form and "origin" not in headers and "sec-fetch-site" not in headers:
        return PlainTextResponse("a form must say which page it comes from", 403)
    if method not in READING and not is_form:
        return PlainTextResponse("the page can only be read", 405, {"allow": "GET, HEAD"})
    return None


def misdirected(host: str) -> ASGIApp | None:
    """Return the answer to a request for another machine, None when it is for this one."""
    if is_loopback(host):
        return None
    return PlainTextResponse("the Host is not this machine; use 127.0.0.1", 421)


def foreign(headers: Mapping[str, str]) -> ASGIApp | None:
    """Return the answer to a request from a page elsewhere, None when it says no such thing."""
    origin = headers.get("origin")
    if origin is None or origin == f"http://{headers.get('host')}":
        return None
    return PlainTextResponse(_FOREIGN, 403)


def is_ours(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from our own pages, or from what its user typed or runs."""
    return headers.get("sec-fetch-site", "none") in ("none", "same-origin")

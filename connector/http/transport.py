"""Posts bodies: a session a thread, a limit of time a call, certificates verified."""

import threading
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout

from connector.contract.requests import Action
from connector.http.answer import MAX_BODY, Answer, Outcome, Response
from connector.http.auth import Auth
from connector.http.call_limit import Call, limited
from connector.http.http_session import Session
from connector.http.retry import retry_after
from connector.text.redact import without_secrets

_NO_CONNECTION = "no connection to {}"
_NEVER_SENT = {  # part of the text of a network error → what it says about the host
    "NewConnectionError": _NO_CONNECTION,
    "NameResolutionError": _NO_CONNECTION,
    "Tunnel connection failed": "the proxy refuses to connect to {}",
    "certificate has expired": "the certificate of {} has expired, or our clock is wrong",
    "not yet valid": "the certificate of {} is not valid yet, or our clock is wrong",
    "SSLCertVerificationError": "the certificate of {} is not trusted",
    "WRONG_VERSION_NUMBER": "{} does not speak TLS",
    "HANDSHAKE_FAILURE": "no connection to {} over TLS",
    "PROTOCOL_VERSION": "no connection to {} over TLS",
    "UNSUPPORTED_PROTOCOL": "no connection to {} over TLS",
}


class Transport:
    """Posts to one URL from any number of threads."""

    most = MAX_BODY  # bytes of an answer that are read

    def __init__(
        self,
        url: str,
        auth: Auth,
        timeouts: tuple[float, float],
        action: Action | None = None,
    ) -> None:
        """Prepare; `timeouts` are the seconds to connect and to read.

        By an `action` with a parameter the body goes as that parameter of the query.
        """
        self._url = url
        self._action = action or Action()
        self._auth = auth
        self._timeouts = timeouts
        self._threads = threading.local()

    def post(self, body: bytes) -> Response | Answer:
        """Return the response, or the answer RETRY when none came; no network error is raised."""
        return self.call(self._action.method, body)

    def call(self, method: str, body: bytes | None) -> Response | Answer:
        """Do the same with any method.

        A call takes no longer than both `timeouts` together, however the answer comes.
        """
        with limited(self._timeouts) as call:
            try:
                with self._session().request(
                    method,
                    self._url,
                    **self._content_of(body),
                    auth=self._auth,
                    timeout=self._timeouts,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    found = self._read(response)
                call.check()
            except Exception as error:  # noqa: BLE001 - whatever it is, the request may have arrived
                return self._failure(error, call)
            return found

    def _content_of(self, body: bytes | None) -> dict[str, Any]:
        if self._action.parameter and body is not None:
            return {"params": {self._action.parameter: body.decode()}}
        return {"data": body, "headers": {"Content-Type": "application/json"}}

    def _read(self, response: requests.Response) -> Response:
        content = self._received(response.raw)
        self._check_length(response, content)
        return Response(
            response.status_code,
            response.headers.get("Content-Type", ""),
            self._cleaned(content[: self.most]),
            len(content) <= self.most,
            retry_after(response.headers.get("Retry-After"), datetime.now(UTC)),
            response.headers.get("Date"),
        )

    def _cleaned(self, content: bytes) -> bytes:
        """Return an answer as it may be shown and kept."""
        return without_secrets(content, self._auth.secrets().items())

    def _received(self, raw: Any) -> bytes:
        """Return at most one byte more than is wanted."""
        content = bytearray()
        while len(content) <= self.most:
            more = raw.read1(self.most + 1 - len(content), decode_content=True)
            if not more:
                break
            content += more
        return bytes(content)

    def _check_length(self, response: requests.Response, content: bytes) -> None:
        """Raise OSError for an answer that was cut short: it counts as no answer."""
        if response.status_code == 204:  # noqa: PLR2004 - it has no body, whatever its headers say
            return
        length = response.headers.get("Content-Length", "")
        plain = "Content-Encoding" not in response.headers
        if plain and length.isdigit() and len(content) < min(int(length), self.most):
            raise OSError("the answer was cut short")
        # Headers that were cut short look like an answer without a body.
        told = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
        if not content and not told:
            raise OSError("the answer has no body, and does not say so")

    def _failure(self, error: Exception, call: Call) -> Answer:
        """Return what an error means; its text could hold a header or the URL's query."""
        what = _never_sent(error)
        if call.is_overdue:
            error, what = TimeoutError(), what if call.is_connected else _NO_CONNECTION
        told = (what or "no complete answer from {}").format(urlsplit(self._url).netloc)
        message = f"{told} ({type(error).__name__})"
        return Answer(Outcome.RETRY, None, message, in_doubt=what is None)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = Session(self._url)
        return session


def _never_sent(error: Exception) -> str | None:
    """Return what kept a request from being sent, or None when it may have been."""
    if isinstance(error, ConnectTimeout):
        return _NO_CONNECTION
    if not isinstance(error, RequestsConnectionError):
        return None
    text = repr(error)
    return next((told for name, told in _NEVER_SENT.items() if name in text), None)

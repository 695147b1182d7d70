"""Posts bodies: a requests session a thread, explicit time-outs, no redirects, certificates verified."""

import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, RequestException

from connector.answer import MAX_BODY, Answer, Outcome, Response
from connector.config import LOOPBACK
from connector.retry import retry_after
from connector.secret import Secret


class _Headers(AuthBase):
    """Adds the headers that hold secrets at the last moment; as an `auth` it also keeps ~/.netrc from replacing them."""

    def __init__(self, headers: Mapping[str, str], secrets: Mapping[str, Secret]) -> None:
        self._headers = headers
        self._secrets = secrets

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        revealed = {name: secret.reveal() for name, secret in self._secrets.items()}
        request.headers.update(
            {name: text.format(**revealed) for name, text in self._headers.items()}
        )
        return request


class Transport:
    """Posts to one URL from any number of threads."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        secrets: Mapping[str, Secret],
        timeouts: tuple[float, float],
    ) -> None:
        """`headers` are templates over the secrets' names; `timeouts` are seconds to connect and to read."""
        self._url = url
        self._auth = _Headers(headers, secrets)
        self._timeouts = timeouts
        self._threads = threading.local()

    def post(self, body: bytes) -> Response | Answer:
        """Return the response, or the answer RETRY when none came; no exception of the network leaves this method."""
        try:
            with self._session().post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json"},
                auth=self._auth,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = response.raw.read(MAX_BODY + 1, decode_content=True)
                self._check_length(response, content)
                return Response(
                    response.status_code,
                    response.headers.get("Content-Type", ""),
                    content[:MAX_BODY],
                    len(content) <= MAX_BODY,
                    retry_after(response.headers.get("Retry-After"), datetime.now(timezone.utc)),
                )
        except (RequestException, OSError, ValueError) as error:
            return self._failure(error)
        except Exception as error:  # urllib3 raises its own errors while a body is read
            if type(error).__module__.partition(".")[0] != "urllib3":
                raise
            return self._failure(error)

    def _check_length(self, response: requests.Response, content: bytes) -> None:
        """An answer that was cut short is none."""
        length = response.headers.get("Content-Length", "")
        if (
            length.isdigit()
            and "Content-Encoding" not in response.headers
            and len(content) < min(int(length), MAX_BODY)
        ):
            message = "the answer was cut short"
            raise OSError(message)

    def _failure(self, error: Exception) -> Answer:
        """Return what a network error means; its text stays out, since it can hold the URL's query or a header."""
        never_sent = isinstance(error, ConnectTimeout) or (
            isinstance(error, RequestsConnectionError) and "NewConnectionError" in repr(error)
        )
        host = urlsplit(self._url).netloc
        what = f"no connection to {host}" if never_sent else f"no complete answer from {host}"
        return Answer(
            Outcome.RETRY, None, f"{what} ({type(error).__name__})", in_doubt=not never_sent
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = self._threads.session = requests.Session()
            # A proxy must not see what is sent in clear text to this machine itself.
            session.trust_env = urlsplit(self._url).hostname not in LOOPBACK
        return session

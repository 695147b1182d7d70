"""An S3 server on loopback that takes its time over each put: `python -m bench.slow_s3 SECONDS`.

It prints its port. `/_counts` says how many requests it had of each method, and how many bytes, and
begins to count again.
"""

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


class SlowS3:
    """Counts the requests, and sleeps before each put."""

    def __init__(self, seconds: float) -> None:
        self._application: Any = DomainDispatcherApplication(create_backend_app)
        self._seconds, self._counts = seconds, Counter[str]()
        self._changing = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] == "/_counts":
            start("200 OK", [("Content-Type", "application/json")])
            with self._changing:
                told, self._counts = json.dumps(self._counts).encode(), Counter()
            return [told]
        if method == "PUT":
            time.sleep(self._seconds)
        answer: list[bytes] = list(self._application(environ, start))
        with self._changing:
            self._counts[method] += 1
            self._counts["up"] += int(environ.get("CONTENT_LENGTH") or 0)
            self._counts["down"] += sum(map(len, answer))
        return answer


def main(seconds: float) -> None:
    """Serve until the process is ended."""
    application = SlowS3(seconds)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(float(sys.argv[1]))

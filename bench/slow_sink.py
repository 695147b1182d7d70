"""The sink where there is no C compiler: the same answers, but it takes much of the machine."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTHING = {"requests": 0, "bytes": 0, "orders": 0, "first": 0.0, "last": 0.0}
counts = dict(NOTHING)
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """Answers as sink.c does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Tell the counts."""
        told = {name: counts[name] for name in ("requests", "bytes", "orders")}
        self._answer({**told, "seconds": counts["last"] - counts["first"]})

    def do_POST(self) -> None:
        """Take a body, or begin again at zero."""
        began = time.monotonic()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/reset":
            counts.update(NOTHING)
        else:
            time.sleep(int(self.path.removeprefix("/ingest").strip("/") or 0) / 1000)
            self._count(body, began)
        self._answer({"message": "Orders received"})

    def _count(self, body: bytes, began: float) -> None:
        with lock:
            counts["first"] = counts["first"] or began
            counts["last"] = time.monotonic()
            counts["requests"] += 1
            counts["bytes"] += len(body)
            counts["orders"] += body.count(b'"order_id"')

    def _answer(self, facts: dict[str, object]) -> None:
        text = json.dumps(facts).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()

"""A server that answers as a test tells it, in clear text or over TLS behind a proxy."""

import contextlib
import dataclasses
import http.server
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping

Reply = tuple[int, Mapping[str, str], bytes]
Script = Callable[[Mapping[str, str], bytes], Reply]


@dataclasses.dataclass
class Talker:
    """A server; `asked` are the request lines it received, `headers` those of its last POST."""

    port: int
    asked: list[str]
    headers: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        """Say nothing on stderr."""

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the socket that speaks TLS is not the one that was opened

    def do_CONNECT(self) -> None:
        """Act as the proxy and the server behind it, with the server's certificate."""
        self.server.talker.asked.append(self.requestline)
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True  # the client does not trust us
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)  # noqa: SLF001
        self.close_connection = False

    def do_OPTIONS(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.talker.asked.append(self.requestline)
        self.server.talker.headers.update(self.headers.items())
        status, headers, answer = self.server.script(dict(self.headers.items()), body)
        self.send_response_only(status)
        date = self.date_time_string()
        for name, value in {"Content-Length": str(len(answer)), "Date": date, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)
        self.close_connection = True


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_) -> None:
        """Ignore clients that hang up."""


def accept(_headers: Mapping[str, str], _body: bytes) -> Reply:
    return 200, {"Content-Type": "application/json"}, b'{"message": "Orders received"}'


@contextlib.contextmanager
def talking(script: Script = accept, tls: ssl.SSLContext | None = None) -> Iterator[Talker]:
    """Run a server on a free port of this machine."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.script, server.tls = script, tls
        server.talker = Talker(server.server_port, [], {})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.talker
        finally:
            server.shutdown()
            thread.join()

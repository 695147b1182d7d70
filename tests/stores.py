"""Real places for ledgers: an S3 server with faults on demand, and PostgreSQL."""

import hashlib
import hmac
import os
import subprocess
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from io import BytesIO
from typing import Any

import requests
from werkzeug.serving import make_server

from demo.postgres_server import POSTGRES, free_port, postgres

_FAULTS = {
    "503": "503 Service Unavailable",
    "403": "403 Forbidden",
    "507": "507 Insufficient Storage",
    "501": "501 Not Implemented",
}
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
__all__ = ["POSTGRES", "S3", "azure", "postgres", "s3"]


@dataclass
class S3:
    """An S3 server on loopback; `fault` names what happens to a request, by method and key."""

    url: str
    fault: Callable[[str, str], str | None] = lambda *_: None
    puts: list[str] = field(default_factory=list)
    application: Any = None

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        method, key = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        # What has arrived is done, even if its sender is killed meanwhile.
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        fault = self.fault(method, key)
        if method == "PUT":
            self.puts.append(key)
        if fault in _FAULTS:
            start(_FAULTS[fault], [("Content-Type", "text/plain")])
            return [b""]
        if fault == "slow":
            time.sleep(0.3)
        if fault == "unconditional":
            for name in _CONDITIONS:
                environ.pop(name, None)
        answer = self.application(environ, start if fault != "lost" else lambda *_: None)
        if fault == "lost":  # it was done, but no answer is sent
            b"".join(answer)
            start("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b""]
        return answer

    def environment(self) -> dict[str, str]:
        """Return what makes obstore use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "planted",
            "AWS_SECRET_ACCESS_KEY": "planted",
            "AWS_REGION": "us-east-1",
        }


@contextmanager
def s3(bucket: str = "ledgers") -> Iterator[S3]:
    """Run an S3 server with an empty bucket, and let this process and its children use it."""
    # Tests start processes that import this module, and to import moto takes longer than they do.
    from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415

    found = S3("")
    found.application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, found, threaded=True)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    before = dict(os.environ)
    os.environ |= found.environment()
    try:
        requests.put(f"{found.url}/{bucket}", timeout=60).raise_for_status()
        found.puts.clear()
        yield found
    finally:
        os.environ.clear()
        os.environ |= before
        server.shutdown()
        thread.join()
        server.server_close()


_ACCOUNT = "devstoreaccount1"  # the emulator's own, with a well-known key
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@contextmanager
def azure(program: str, container: str = "ledgers") -> Iterator[str]:
    """Run Azurite with an empty container, and let this process and its children use it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent"]
    command = [program, *options, "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before = dict(os.environ)
    os.environ |= {"AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": url}
    try:
        _make_container(url, container, server)
        yield f"az://{container}"
    finally:
        os.environ.clear()
        os.environ |= before
        server.terminate()
        server.wait()


def _make_container(url: str, container: str, server: subprocess.Popen[bytes]) -> None:
    """Ask until the server answers."""
    latest = time.monotonic() + 120
    while True:
        date, version = formatdate(usegmt=True), "2021-12-02"
        resource = f"/{_ACCOUNT}/{_ACCOUNT}/{container}\nrestype:container"
        signed = f"PUT{12 * chr(10)}x-ms-date:{date}\nx-ms-version:{version}\n{resource}"
        digest = hmac.new(b64decode(_KEY), signed.encode(), hashlib.sha256).digest()
        proof = f"SharedKey {_ACCOUNT}:{b64encode(digest).decode()}"
        headers = {"x-ms-date": date, "x-ms-version": version, "Authorization": proof}
        try:
            address = f"{url}/{_ACCOUNT}/{container}?restype=container"
            requests.put(address, headers=headers, timeout=60).raise_for_status()
        except requests.ConnectionError:
            assert server.poll() is None
            assert time.monotonic() < latest
            time.sleep(0.1)
        else:
            return

"""A PostgreSQL server of its own on loopback, for the demo and for tests."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) + [
    Path(found) for found in [shutil.which("postgres")] if found
]


@contextmanager
def postgres() -> Iterator[str]:
    """Run PostgreSQL on loopback with a cluster of its own, and yield the URL of a database."""
    binaries = POSTGRES[-1].parent
    with TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        data, port = Path(folder) / "data", free_port()
        prefix = _not_root(Path(folder))
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-N"]
        subprocess.run([*prefix, *initdb], check=True, capture_output=True)
        options = ["-D", str(data), "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"]
        server = subprocess.Popen(
            [*prefix, str(binaries / "postgres"), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, server)
            yield f"postgres://tester@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait()


def _not_root(folder: Path) -> list[str]:
    """Return what runs a command as somebody else than root, which PostgreSQL refuses to be."""
    if os.getuid():
        return []
    shutil.chown(folder, "nobody")
    return ["setpriv", "--reuid", "nobody", "--clear-groups"]


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Try until the server answers."""
    import psycopg  # noqa: PLC0415 - an extra

    latest = time.monotonic() + 120
    while True:
        try:
            url = f"postgresql://tester@127.0.0.1:{port}/postgres"
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.Error:
            if server.poll() is not None or time.monotonic() > latest:
                raise
            time.sleep(0.05)
        else:
            return

"""The dashboard on a real socket, in a thread of this process."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from connector.page.app import build
from connector.page.looks import Looks
from connector.page.serve import MEMORY
from connector.runs.workspace import Options


@contextlib.contextmanager
def served(directory: Path, config: Path = Path("connector.yml")) -> Iterator[str]:
    """Serve the page of a project, and yield its address."""
    looks = Looks(Options(project_dir=directory, config=config, memory_limit=MEMORY))
    with listening(build(looks)) as address:
        yield address


@contextlib.contextmanager
def listening(app) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, ws="none", log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

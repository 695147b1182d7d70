"""The process of one account among several that get theirs at the same time, see `jobs`."""

import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> None:
    """Do what one file asks for, and write what came of it to another, both open already.

    Their numbers are the arguments. When stdin ends, whoever asked is gone: what is in flight is
    finished, as after a signal.
    """
    from connector.cli.interruption import ctrl_c
    from connector.cli.streams import Streams

    ctrl_c.end_at_once()
    os.umask(0o077)
    streams = Streams()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asked, result = map(int, sys.argv[1:])
    with os.fdopen(asked, "rb") as file:
        code, found = _sent(json.load(file))
    with os.fdopen(result, "w", encoding="utf-8") as file:
        json.dump(found, file, default=str)
    ctrl_c.ignore()
    streams.finish()
    # Neither a worker that waits for an answer nor the thread above must keep the process.
    os._exit(code)


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _sent(request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the exit code, and what came of the account."""
    from connector import Connector, Summary
    from connector.cli.interruption import ctrl_c
    from connector.cli.running import Terminal, told
    from connector.plan.choice import Choice
    from connector.runs.workspace import Options, configured
    from connector.text import log

    ctrl_c.raise_it()
    log.configure(request["verbosity"], request["log_format"])
    options = Options(**{name: _path(name, text) for name, text in request["options"].items()})
    choice = Choice(**request["choice"] | {"order_ids": tuple(request["choice"]["order_ids"])})
    (account,), warehouse = configured(options, [request["account"]])
    terminal = Terminal(quiet=request["quiet"], output=request["output"])
    observers = [terminal, *told(_path("metrics_dir", request["metrics"]))]
    terminal.project = Connector(options, observers)
    sending = terminal.project.sending(choice, request["command"])
    found = sending.alone(account.sharing(request["jobs"]), warehouse)
    kind = "summary" if isinstance(found, Summary) else "failure"
    reports = [asdict(each) for each in sending.reports]
    document: dict[str, Any] = found.as_dict()
    return document["exit_code"], {kind: document, "reports": reports}


def _path(name: str, text: str | None) -> Any:
    return Path(text) if text and (name.endswith("_dir") or name == "config") else text

"""Where the time of a sync goes: looks at every thread's stack two hundred times a second.

    python sampled.py PROJECT OUT   writes, as JSON, wall seconds and seconds by thread and place

A place is the innermost line of the connector that is under way; SQL runs where it is asked for.
"""

import json
import linecache
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import connector
from connector.cli import run
from connector.ledger.ledger import Ledger

EVERY = 0.005  # seconds
OWN = str(Path(connector.__file__).parent)
SHARED = ("connector/sql/__init__.py", "connector/sql.py")  # asked by everybody

seen: Counter[tuple[str, str]] = Counter()
recorded = [0, 0.0]  # calls of Ledger.deliver, seconds
ended = threading.Event()


def look() -> None:
    """Count where each thread is, until the end."""
    own = threading.get_ident()
    while not ended.wait(EVERY):
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():  # noqa: SLF001 - there is no other way
            if ident != own:
                seen[names.get(ident, "other").partition("_")[0], place(frame)] += 1


def place(frame: FrameType | None) -> str:
    """Return the innermost line of the connector, as module and source."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(OWN) and not code.co_filename.endswith(SHARED):
            is_helper = code.co_name in {"transact", "_run", "_execute", "_rows"}
            if not is_helper:
                line = linecache.getline(code.co_filename, frame.f_lineno).strip()
                return f"{Path(code.co_filename).stem}.{code.co_name}: {line}"
        frame = frame.f_back
    return "idle"


deliver = Ledger.deliver


def timed(*arguments: object, **named: object) -> None:
    """Record deliveries as ever, and note how long it took."""
    began = time.perf_counter()
    deliver(*arguments, **named)  # type: ignore[arg-type]
    recorded[0] += 1
    recorded[1] += time.perf_counter() - began


Ledger.deliver = timed  # type: ignore[method-assign]
threading.Thread(target=look, daemon=True).start()
began = time.perf_counter()
code = run(["--project-dir", sys.argv[1], "-q", "sync", "--output", "json"])
wall = time.perf_counter() - began
ended.set()
total = sum(count for (name, _), count in seen.items() if name == "MainThread")
places = [[*key, count * wall / max(total, 1)] for key, count in seen.most_common(40)]
facts = {"calls": recorded[0], "recording": recorded[1], "wall": wall, "places": places}
Path(sys.argv[2]).write_text(json.dumps(facts))
sys.exit(code)

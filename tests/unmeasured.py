"""Leaves out of the coverage what takes long and is covered by others."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unmeasured() -> Iterator[None]:
    """Let no process that is started meanwhile measure its coverage."""
    asked = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_")}
    try:
        yield
    finally:
        os.environ.update(asked)


@contextmanager
def untraced() -> Iterator[None]:
    """Do not trace what is no code of ours: it would take half as long again."""
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(in_threads)
        sys.settrace(here)

"""Excludes slow code that other tests cover from the coverage."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unmeasured() -> Iterator[None]:
    """Measure no coverage of processes that are started meanwhile."""
    asked = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_")}
    try:
        yield
    finally:
        os.environ.update(asked)


@contextmanager
def untraced() -> Iterator[None]:
    """Do not trace foreign code: that would take half as long again."""
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(in_threads)
        sys.settrace(here)

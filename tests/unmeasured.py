"""Leaves out of the coverage what takes long and is no code of ours, or is covered by others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import coverage


@contextmanager
def unmeasured() -> Iterator[None]:
    """Measure nothing in this process for a while, nor in processes that are started meanwhile."""
    measuring = coverage.Coverage.current()
    asked = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("COVERAGE_")}
    if measuring:
        measuring.stop()
    try:
        yield
    finally:
        os.environ.update(asked)
        if measuring:
            measuring.start()

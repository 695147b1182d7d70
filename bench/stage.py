"""What one size is measured on: its data, the sink, and how often."""

import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.measure import Measured, measure
from bench.project import KEYS, Project
from bench.sink import Sink

SENDERS = Path(__file__).parent / "senders"
CHANGED = 1_000  # orders
LARGE = 1_000_000  # orders from which on the slow senders run once
HUGE = 5_000_000  # and from which on they do not run
MUCH = "700MB"  # the limit of memory from there on

Facts = dict[str, float]
Place = tuple[str, str, float]  # thread, what it does, seconds


@dataclass(frozen=True, slots=True)
class Stage:
    """One size; `found` gathers a list of facts for each case, `places` where time goes."""

    orders: int
    home: Path
    sink: Sink
    found: dict[str, list[Facts]] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """Return the folder of the data."""
        return self.home / str(self.orders)

    @property
    def base(self) -> Path:
        """Return the warehouse of the first load."""
        return self.data / "base.duckdb"

    @property
    def changed(self) -> Path:
        """Return the warehouse with some orders changed."""
        return self.data / "changed.duckdb"

    @property
    def scratch(self) -> Path:
        """Return a folder for cursors and ledgers."""
        return self.home / "scratch"

    def project(self, name: str = "project", options: str = "", milliseconds: int = 0) -> Project:
        """Return a project that posts to the sink."""
        project = Project(self.scratch / name, self.sink.url(milliseconds), options)
        return replace(project, memory=MUCH) if self.orders >= HUGE else project

    def sender(self, name: str, *arguments: str | Path) -> Measured:
        """Run a script of the folder `senders`."""
        return measure((sys.executable, SENDERS / f"{name}.py", *arguments), KEYS)

    @contextmanager
    def noted(self, case: str) -> Iterator[Facts]:
        """Yield the facts of a case, to be filled, with the sink at zero."""
        facts: Facts = {}
        self.sink.reset()
        yield facts
        stats = self.sink.stats()
        facts |= {f"sink_{name}": value for name, value in stats.items() if stats["requests"]}
        facts["load"] = os.getloadavg()[0]
        self.found.setdefault(case, []).append(facts)
        told = ", ".join(f"{key} {value:,.2f}" for key, value in facts.items())
        sys.stderr.write(f"{self.orders:>10,} {case}: {told}\n")

    def median(self, case: str, fact: str = "wall") -> float | None:
        """Return the median of a fact, None when it was not measured."""
        values = [facts[fact] for facts in self.found.get(case, ()) if fact in facts]
        return statistics.median(values) if values else None


def of(measured: Measured) -> Facts:
    """Return what a process took, as facts."""
    return {
        "wall": measured.wall,
        "cpu": measured.cpu,
        "peak": measured.peak,
        "spilled": measured.spilled,
        "spill_left": measured.spill_left,
    }

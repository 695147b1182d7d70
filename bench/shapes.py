"""Cases of first loads of other shapes: on one core, and with shorter and longer lists."""

import os
import sys

from bench.measure import measure
from bench.project import Project
from bench.stage import HUGE, Stage, of

LISTS = (1, 3, 20, 100)  # lines an order
SMALL = 100_000  # orders from which on long lists would take too long
ALONE = "import os; os.sched_setaffinity(0, {{{core}}}); from connector.cli import main; main()"


def one_core(stage: Stage) -> None:
    """Load everything on one core, to be seen beside the same on all of them."""
    if stage.orders >= HUGE:
        return
    project = stage.project("one-core")
    project.begin(stage.base)
    core = min(os.sched_getaffinity(0))
    with stage.noted("one core") as facts:
        facts.update(
            of(project.run("sync", command=(sys.executable, "-c", ALONE.format(core=core))))
        )


def lists(stage: Stage) -> None:
    """Load orders with lists of several lengths."""
    if stage.orders >= SMALL:
        return
    for lines in LISTS:
        _list(stage, lines)


def _list(stage: Stage, lines: int) -> None:
    folder = stage.home / f"{stage.orders}-{lines}"
    measure((sys.executable, "-m", "bench.data", folder, str(stage.orders), "1", str(lines)))
    project: Project = stage.project("lists")
    project.begin(folder / "base.duckdb")
    with stage.noted(f"lists {lines}") as facts:
        facts.update(of(project.run("sync")))

"""The cases: each a function that measures once and notes what it found on the stage."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.data import change
from bench.measure import measure
from bench.peers import peers
from bench.postgres import postgres
from bench.project import COMMAND, Project
from bench.shapes import lists, one_core
from bench.stage import CHANGED, HUGE, LARGE, Stage, of

DELAY = 150  # milliseconds of an answer that comes from far away
WORKERS = 8
STARTS = 5  # of the small project, each time
BATCH = 1_000  # orders


def ready(stage: Stage) -> None:
    """Post bodies that are ready: the bound."""
    if stage.orders >= HUGE:
        return
    for threads in ("1", "4"):
        with stage.noted(f"ready x{threads}") as facts:
            facts.update(
                of(stage.sender("ready", stage.data / "bodies.bin", stage.sink.url(), threads))
            )


def to_json(stage: Stage) -> None:
    """Let DuckDB write the JSON text, and Python post it."""
    if stage.orders >= HUGE:
        return
    for threads in ("1", "4"):
        state = stage.scratch / "to_json.cursor"
        state.unlink(missing_ok=True)
        with stage.noted(f"to_json x{threads}") as facts:
            facts.update(of(stage.sender("to_json", stage.base, stage.sink.url(), state, threads)))


def rows(stage: Stage) -> None:
    """Send by hand, row by row: a first load, nothing changed, some changed."""
    if stage.orders >= HUGE or (stage.orders >= LARGE and "rows" in stage.found):
        return
    state = stage.scratch / "rows.cursor"
    state.unlink(missing_ok=True)
    cases = {"rows": stage.base, "rows unchanged": stage.base, "rows changed": stage.changed}
    for case, warehouse in cases.items():
        with stage.noted(case) as facts:
            facts.update(of(stage.sender("rows", warehouse, stage.sink.url(), state)))


def connector(stage: Stage) -> None:
    """Sync: a first load, nothing changed, some changed; then look at the ledger."""
    project = stage.project()
    project.begin(stage.base)
    planned = {"first": stage.orders, "unchanged": 0, "changed": min(CHANGED, stage.orders)}
    for case, orders in planned.items():
        if case == "changed":
            project.read(stage.changed)
        _sync(stage, project, case, orders)
        if case == "first":
            _look_at_ledger(stage, project)


def _sync(stage: Stage, project: Project, case: str, orders: int) -> dict[str, Any]:
    """Sync once, return the summary; raises RuntimeError unless just so many orders were sent."""
    with stage.noted(case) as facts:
        done, summary = project.sync()
        facts.update(of(done) | {"planned": summary["planned"], "bytes": summary["bytes"]})
    if not summary["planned"] == summary["delivered"] == facts.get("sink_orders", 0) == orders:
        raise RuntimeError(f"{case}: {orders} orders were to be sent, but {summary}")
    return summary


def watermark(stage: Stage) -> None:
    """Sync changed orders by watermark: some of all the years, and as many of the last weeks."""
    project = stage.project(options="    watermark: true\n")
    if project.ledger.exists():  # that of the first load, which takes its time
        project.configure()
    else:
        project.begin(stage.base)
    recent = stage.scratch / "recent.duckdb"
    change(stage.base, recent, "recent", min(CHANGED, stage.orders))
    for case, warehouse in {"watermark": stage.changed, "recent": recent}.items():
        project.read(stage.base)
        project.sync("--full-scan")
        project.read(warehouse)
        summary = _sync(stage, project, case, min(CHANGED, stage.orders))
        if summary["scan"] != "watermark":
            raise RuntimeError(f"{case}: all was read, {summary['scan_reason']}")
    recent.unlink()


def _look_at_ledger(stage: Stage, project: Project) -> None:
    with stage.noted("ledger") as facts:
        done = stage.sender("opening", project.folder)
        facts.update(json.loads(done.out))
        facts["mib"] = project.ledger.stat().st_size / 2**20
        facts["private"] = float(stat.S_IMODE(project.ledger.stat().st_mode) == stat.S_IRUSR + 128)


def steps(stage: Stage) -> None:
    """Take the bare steps: one hash of every row; the plan and the SQL to bodies."""
    with stage.noted("hash") as facts:
        facts.update(of(stage.sender("hash", stage.base)))
    project = stage.project("steps")
    project.begin(stage.base)
    with stage.noted("render") as facts:
        done = stage.sender("render", project.folder)
        facts.update(of(done) | json.loads(done.out))


def latency(stage: Stage) -> None:
    """Sync by several workers to a sink that takes its time."""
    if stage.orders >= HUGE or "latency" in stage.found:
        return
    options = f"    concurrency: {WORKERS}\n"
    project = stage.project("latency", options, DELAY)
    project.begin(stage.base)
    with stage.noted("latency") as facts:
        facts.update(of(project.run("sync")))
    with stage.noted("latency ready") as facts:
        url = stage.sink.url(DELAY)
        facts.update(of(stage.sender("ready", stage.data / "bodies.bin", url, str(WORKERS))))


def start(stage: Stage) -> None:
    """Start: the help, and the plan of an unchanged project of a few orders."""
    project = stage.project("start")
    project.begin(small(stage))
    project.sync()
    for _ in range(STARTS):
        with stage.noted("start python") as facts:
            facts.update(of(measure((sys.executable, "-c", "pass"))))
        with stage.noted("start help") as facts:
            facts.update(of(measure((*COMMAND, "--help"))))
        with stage.noted("start plan") as facts:
            facts.update(of(project.run("plan")))


def small(stage: Stage) -> Path:
    """Return a warehouse of ten orders."""
    folder = stage.home / "10"
    measure((sys.executable, "-m", "bench.data", folder, "10", "1"))
    return folder / "base.duckdb"


def size(stage: Stage) -> None:
    """Compare the bytes of the bodies with the smallest text that says the same."""
    if stage.orders >= LARGE or "bytes" in stage.found:
        return
    first = stage.found.get("first", [{}])[-1]
    with stage.noted("bytes") as facts:
        done = measure((sys.executable, "-m", "bench.smallest", stage.base))
        facts["smallest"] = int(done.out) / stage.orders
        if "sink_bytes" in first:  # without commas and brackets
            around = stage.orders + first["sink_requests"]
            facts["sent"] = (first["sink_bytes"] - around) / stage.orders


def profile(stage: Stage) -> None:
    """Look where the time of a first load goes, and how long a recorded batch takes."""
    if stage.orders >= HUGE or "profile" in stage.found:
        return
    project, out = stage.project("profile"), stage.scratch / "profile.json"
    project.begin(stage.base)
    with stage.noted("profile") as facts:
        stage.sender("sampled", project.folder, out)
        told = json.loads(out.read_text())
        facts.update({key: told[key] for key in ("wall", "calls", "recording")})
    facts["batch_ms"] = 1000 * told["recording"] / (stage.orders / BATCH)
    stage.places.extend(tuple(place) for place in told["places"])


CASES: dict[str, Callable[[Stage], None]] = {
    "ready": ready,
    "to_json": to_json,
    "rows": rows,
    "connector": connector,
    "watermark": watermark,
    "one_core": one_core,
    "lists": lists,
    "steps": steps,
    "latency": latency,
    "start": start,
    "bytes": size,
    "profile": profile,
}
# What needs programs that are installed for it; measured when it is asked for.
FURTHER: dict[str, Callable[[Stage], None]] = {"peers": peers, "postgres": postgres}

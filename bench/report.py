"""Writes what was measured: JSON, Markdown tables and a plot."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from bench.plot import plot
from bench.stage import Stage
from bench.targets import TARGETS

BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"  # marks of a page
PLACES = 16  # of the profile
THREADS = {"MainThread": "main", "renderer": "2 renderers", "sender": "4 senders"}
PACKAGES = ("duckdb", "requests", "urllib3")
NAMES = {
    "first": "connector, first load",
    "unchanged": "connector, nothing changed",
    "changed": "connector, 1,000 changed",
    "watermark": "connector, 1,000 changed, watermark",
    "rows": "rows by hand, first load",
    "rows unchanged": "rows by hand, nothing changed",
    "rows changed": "rows by hand, 1,000 changed",
    "to_json x1": "`to_json`, first load",
    "to_json x4": "`to_json`, 4 threads",
    "ready x1": "bound: ready bodies",
    "ready x4": "bound: ready bodies, 4 threads",
    "render": "bare step: plan and SQL to bodies",
    "hash": "bare step: one hash of every row",
    "latency": "connector, 8 workers, answers after 150 ms",
    "latency ready": "bound: the same with ready bodies",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured."""

    at: str
    python: str
    system: str
    cores: int
    memory: float  # GiB
    sink: str
    versions: dict[str, str]
    load_before: float  # processes that want to run, over the last minute
    load_after: float


def machine(sink: str, load_before: float) -> Machine:
    """Return where this is."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        platform.python_version(),
        f"{platform.system()} {platform.machine()}",
        os.cpu_count() or 0,
        round(pages / 2**30, 1),
        sink,
        {name: version(name) for name in PACKAGES},
        round(load_before, 1),
        round(os.getloadavg()[0], 1),
    )


def write(folder: Path, where: Machine, stages: Sequence[Stage]) -> None:
    """Write results.json, results.md and growth.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {str(stage.orders): stage.found for stage in stages}
    places = {str(stage.orders): stage.places for stage in stages}
    text = json.dumps({"machine": asdict(where), "found": found, "places": places}, indent=1)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    (folder / "results.md").write_text(markdown(where, stages), encoding="utf-8")
    (folder / "growth.svg").write_text(plot(stages), encoding="utf-8")


def embed(page: Path, text: str) -> None:
    """Put the tables into a page, between its two marks."""
    before, mark, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{mark}\n{text}{END}{after}", encoding="utf-8")


def markdown(where: Machine, stages: Sequence[Stage]) -> str:
    """Return all tables."""
    versions = ", ".join(f"{name} {number}" for name, number in where.versions.items())
    head = (
        f"{where.at}: {where.cores} cores, {where.memory:g} GiB, {where.system}, "
        f"Python {where.python}, {versions}, sink in {where.sink}; "
        f"load {where.load_before:g} before, {where.load_after:g} after."
    )
    parts = ([head], _targets(stages), _cases(stages), _places(stages))
    return "\n".join(line for part in parts for line in [*part, ""])


def _targets(stages: Sequence[Stage]) -> list[str]:
    lines = ["| what | target | measured | at orders | |", "|---|---|---|---|---|"]
    for target in TARGETS:
        sign = "≥" if target.least else "≤"
        wanted = f"{sign} {target.limit:,g} {target.unit}"
        measured = target.measured(stages)
        if measured is None:
            lines.append(f"| {target.what} | {wanted} | not yet | | |")
            continue
        orders, value = measured
        is_final = target.orders in {None, orders}
        mark = ("✓" if target.is_met(value) else "✗") if is_final else "not at this size"
        lines.append(f"| {target.what} | {wanted} | {short(value)} | {orders:,} | {mark} |")
    return lines


def _cases(stages: Sequence[Stage]) -> list[str]:
    lines = [
        "The last two columns before the runs are in times of the connector's first load.",
        "",
        "| orders | sender | wall s | CPU s | peak MiB | spilled | µs each | wall | CPU | runs |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for stage in stages:
        for case, name in NAMES.items():
            if stage.median(case) is not None:
                lines.append(f"| {stage.orders:,} | {name} | {_facts(stage, case)} |")
    return lines


def _facts(stage: Stage, case: str) -> str:
    ours = stage.median("first"), stage.median("first", "cpu")
    wall, cpu, peak, spilled = (
        stage.median(case, fact) or 0.0 for fact in ("wall", "cpu", "peak", "spilled")
    )
    is_load = "changed" not in case and case != "hash" and "latency" not in case
    facts = (
        short(wall),
        short(cpu),
        f"{peak:,.0f}",
        f"{spilled:,.0f}",
        short(wall / stage.orders * 1e6),
        short(wall / ours[0]) if ours[0] and is_load else "",
        short(cpu / ours[1]) if ours[1] and is_load else "",
        str(len(stage.found[case])),
    )
    return " | ".join(facts)


def _places(stages: Sequence[Stage]) -> list[str]:
    """Return where the largest first load that was looked at spends its time."""
    looked_at = [stage for stage in stages if stage.places]
    if not looked_at:
        return []
    stage = looked_at[-1]
    wall = stage.median("profile") or 1.0
    lines = [
        f"Where a first load of {stage.orders:,} orders spends its {short(wall)} s, looked at:",
        "",
        "| threads | line that is under way | s | of the run |",
        "|---|---|---|---|",
    ]
    for thread, place, seconds in stage.places[:PLACES]:
        share = f"{100 * seconds / wall:.0f} %"
        lines.append(f"| {THREADS.get(thread, thread)} | `{place}` | {short(seconds)} | {share} |")
    return lines


def short(value: float) -> str:
    """Return a figure with three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004

"""Writes what was measured: JSON, Markdown tables and a plot."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.peers import NAMES as OF_PEERS
from bench.plot import plot
from bench.postgres import NAMES as OF_POSTGRES
from bench.shapes import LISTS
from bench.sink import Sink
from bench.stage import Stage
from bench.targets import TARGETS, marginal

BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"  # marks of a page
COLUMNS = (
    *("orders", "sender", "wall s", "CPU s", "peak MiB", "spilled MiB", "µs an order"),
    *("wall", "CPU", "load", "runs"),
)
GROWTH, FLAT = "time an order, without the start", 8  # percent
PLACES = 16  # of the profile
THREADS = {"MainThread": "main", "renderer": "2 renderers", "sender": "4 senders"}
NAMES = {
    "first": "connector, first load",
    "one core": "connector, first load, one core",
    **{f"lists {lines}": f"connector, first load, lists of {lines}" for lines in LISTS},
    "unchanged": "connector, nothing changed",
    "changed": "connector, 1,000 changed",
    "watermark": "connector, 1,000 changed in five years, watermark",
    "recent": "connector, 1,000 changed of the newest 50,000, watermark",
    "rows": "rows by hand, first load",
    "rows unchanged": "rows by hand, nothing changed",
    "rows changed": "rows by hand, 1,000 changed",
    **(OF_POSTGRES | OF_PEERS),
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


def machine(sink: str) -> Machine:
    """Return where this is."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        platform.python_version(),
        f"{platform.system()} {platform.machine()}",
        os.cpu_count() or 0,
        round(pages / 2**30, 1),
        sink,
        {name: version(name) for name in ("duckdb", "requests", "urllib3")},
    )


def write(folder: Path, sink: str, stages: Sequence[Stage]) -> None:
    """Write results.json, results.md and growth.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    where, found = machine(sink), {str(stage.orders): stage.found for stage in stages}
    places = {str(stage.orders): stage.places for stage in stages}
    text = json.dumps({"machine": asdict(where), "found": found, "places": places}, indent=1)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    (folder / "results.md").write_text(markdown(where, stages), encoding="utf-8")
    (folder / "growth.svg").write_text(plot(stages), encoding="utf-8")


def last(folder: Path) -> list[Stage]:
    """Return what was measured last, to be shown again."""
    path = folder / "results.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"found": {}}
    nothing = Sink("", "")
    return [
        Stage(int(orders), folder, nothing, found, [*map(tuple, told["places"][orders])])
        for orders, found in told["found"].items()
    ]


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
        f"Python {where.python}, {versions}, sink in {where.sink}."
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
    return [*lines, _growth(stages)]


def _growth(stages: Sequence[Stage]) -> str:
    """Return how much more an order takes at the largest size than at the quickest."""
    starts = [each for stage in stages if (each := stage.median("start plan"))]
    start = min(starts, default=0.0)
    found = [(stage.orders, each) for stage in stages if (each := marginal(stage, start))]
    if not starts or len(found) < 2:  # noqa: PLR2004 - two make a comparison
        return f"| {GROWTH} | ≤ {FLAT} % more | not yet | | |"
    least = min(found, key=lambda each: each[1])
    more = 100 * (found[-1][1] / least[1] - 1)
    sizes = f"{found[-1][0]:,} beside {least[0]:,}"
    return f"| {GROWTH} | ≤ {FLAT} % more | {more:.0f} | {sizes} | {'✓' if more <= FLAT else '✗'} |"


def _cases(stages: Sequence[Stage]) -> list[str]:
    told = "`wall` and `CPU` are in times of the connector's first load, `load` is of the machine."
    lines = [told, "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
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
    is_load = not any(
        part in case for part in ("changed", "watermark", "recent", "hash", "latency")
    )
    facts = (
        short(wall),
        short(cpu),
        f"{peak:,.0f}",
        f"{spilled:,.0f}",
        short(wall / stage.orders * 1e6),
        short(wall / ours[0]) if ours[0] and is_load else "",
        short(cpu / ours[1]) if ours[1] and is_load else "",
        short(stage.median(case, "load") or 0.0),
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

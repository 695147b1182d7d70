"""The table of the page on other tools: all of it is measured in one call."""

from collections.abc import Sequence
from pathlib import Path

from bench.peers import PINNED
from bench.report import machine, short
from bench.stage import Stage

SIZES, CASES = "10000,100000", "rows,connector,peers"
RESULTS = Path(__file__).parent / "results" / "compare"
PAGE = Path(__file__).parents[1] / "docs" / "compare.md"
HEADS = ("orders", "sender", "first load, s", "CPU s", "peak MiB", "1,000 changed, s", "nothing, s")
SENDERS = {  # the case of a first load → name, and what its other cases are called
    "first": ("connector", "{}"),
    "rows": ("rows by hand", "rows {}"),
    "dlt, Arrow": ("dlt, Arrow", "dlt, Arrow {}"),
    "dlt, rows": ("dlt, rows", "dlt, rows {}"),
    "drt": ("drt", "drt {}"),
}


def table(stages: Sequence[Stage]) -> str:
    """Return where it was measured and the table, in Markdown."""
    where = machine(stages[0].sink.kind)
    versions = ", ".join([f"DuckDB {where.versions['duckdb']}", *PINNED[:2]]).replace("==", " ")
    runs = min(len(stage.found["first"]) for stage in stages)
    machine_is = f"{where.cores} cores, {where.memory:g} GiB, Python {where.python}, {versions}"
    loads = short(max(load(stage) for stage in stages))
    times = "one run" if runs == 1 else f"medians of {runs} runs"
    lines = [
        f"{where.at}: {machine_is}; {times}, load {loads}.",
        "",
        f"| {' | '.join(HEADS)} |",
        "|---" * len(HEADS) + "|",
    ]
    for stage in stages:
        for case, (name, others) in SENDERS.items():
            facts = [stage.median(case, fact) for fact in ("wall", "cpu", "peak")]
            facts += [stage.median(others.format(each)) for each in ("changed", "unchanged")]
            told = " | ".join("" if each is None else short(each) for each in facts)
            lines.append(f"| {stage.orders:,} | {name} | {told} |")
    return "\n".join(lines) + "\n"


def load(stage: Stage) -> float:
    """Return the load of the machine while the first loads ran."""
    return stage.median("first", "load") or 0.0

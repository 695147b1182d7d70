"""The command line: `python -m bench --help`."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bench.cases import CASES
from bench.measure import measure
from bench.report import embed, machine, write
from bench.sink import sink
from bench.stage import CHANGED, HUGE, Stage

HOME = Path(__file__).parents[1] / ".bench"
RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
REPEAT = 3
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--orders", default="10000,100000,1000000", show_default=True, help="The sizes.")
@click.option("--cases", default=",".join(CASES), show_default=True, help="What is measured.")
@click.option("--repeat", type=click.IntRange(min=1), default=REPEAT, show_default=True)
@click.option("--quick", is_flag=True, help="10,000 orders, once.")
@click.option("--home", type=FOLDER, default=HOME, show_default=".bench", help="For the data.")
@click.option("--out", type=FOLDER, default=RESULTS, show_default="bench/results")
def main(orders: str, cases: str, repeat: int, quick: bool, home: Path, out: Path) -> None:  # noqa: FBT001, PLR0913
    """Measure the connector beside other senders of the same orders."""
    sizes = [10_000] if quick else [int(each) for each in orders.split(",")]
    load = os.getloadavg()[0]
    with sink(home) as running:
        if running.kind != "C":
            click.echo("no C compiler: the sink is in Python and slows all senders", err=True)
        stages: list[Stage] = []
        for size in sizes:
            runs = 1 if quick or size >= HUGE else repeat
            stages.append(Stage(size, runs, home, running, stages[0] if stages else None))
            run(stages[-1], cases.split(","))
            write(out, machine(running.kind, load), stages)
    text = (out / "results.md").read_text(encoding="utf-8")
    if out == RESULTS:
        embed(PAGE, text)
    click.echo(text)


def run(stage: Stage, cases: Sequence[str]) -> None:
    """Make the data, then run every case by turns, as often as asked for."""
    made = (sys.executable, "-m", "bench.data", stage.data, str(stage.orders), str(CHANGED))
    measure(made)
    shutil.rmtree(stage.scratch, ignore_errors=True)
    stage.scratch.mkdir(mode=0o700, parents=True)
    for _ in range(stage.repeat):
        for case in cases:
            CASES[case](stage)
    shutil.rmtree(stage.scratch)


if __name__ == "__main__":
    main(prog_name="python -m bench")

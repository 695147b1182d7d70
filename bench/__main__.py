"""The command line: `python -m bench --help`."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bench import compare
from bench.cases import CASES, FURTHER
from bench.measure import measure
from bench.report import embed, last, write
from bench.sink import sink
from bench.stage import CHANGED, HUGE, Stage

HOME = Path(__file__).parents[1] / ".bench"
RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--orders", default="10000,100000,1000000", show_default=True, help="The sizes.")
@click.option("--cases", default=",".join(CASES), show_default=True, help="What is measured.")
@click.option("--repeat", default="3", show_default=True, help="For each size, or one for all.")
@click.option("--compare", "compares", is_flag=True, help="The connector, rows, dlt and drt.")
@click.option("--quick", is_flag=True, help="10,000 orders, once.")
@click.option("--add", is_flag=True, help="Keep the other sizes of the last results.")
@click.option("--home", type=FOLDER, default=HOME, show_default=".bench", help="For the data.")
@click.option("--out", type=FOLDER, default=RESULTS, show_default="bench/results")
def main(  # the options of one command
    orders: str,
    cases: str,
    repeat: str,
    compares: bool,
    quick: bool,
    add: bool,
    home: Path,
    out: Path,
) -> None:
    """Measure the connector beside other senders of the same orders."""
    if compares:
        orders, cases, out = compare.SIZES, compare.CASES, compare.RESULTS
    sizes = [10_000] if quick else [int(each) for each in orders.split(",")]
    repeats = [1] if quick else [int(each) for each in repeat.split(",")]
    repeats += repeats[-1:] * len(sizes)
    with sink(home) as running:
        if running.kind != "C":
            click.echo("no C compiler: the sink is in Python and slows all senders", err=True)
        stages = [Stage(size, home, running) for size in sizes]
        before = [each for each in (last(out) if add else []) if each.orders not in sizes]
        shown = sorted([*before, *stages], key=lambda stage: stage.orders)
        for stage, times in zip(stages, repeats, strict=False):
            prepare(stage)
            for _ in range(1 if stage.orders >= HUGE else times):
                for case in cases.split(","):
                    (CASES | FURTHER)[case](stage)
                    write(out, running.kind, shown)
            shutil.rmtree(stage.scratch)
    tell(out, shown)


def tell(out: Path, shown: Sequence[Stage]) -> None:
    """Print what was measured, and put it into the page that shows such results."""
    text = (out / "results.md").read_text(encoding="utf-8")
    if out == RESULTS:
        embed(PAGE, text)
    if out == compare.RESULTS:
        embed(compare.PAGE, compare.table(shown))
    click.echo(text)


def prepare(stage: Stage) -> None:
    """Make the data, unless it is there."""
    measure((sys.executable, "-m", "bench.data", stage.data, str(stage.orders), str(CHANGED)))
    shutil.rmtree(stage.scratch, ignore_errors=True)
    stage.scratch.mkdir(mode=0o700, parents=True)


if __name__ == "__main__":
    main(prog_name="python -m bench")

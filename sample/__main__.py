"""The command line of the sample: `python -m sample --help`."""

import time
from pathlib import Path

import click

from sample import warehouse

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def main() -> None:
    """Build, load and enlarge the raw tables of an order management system."""


@main.command()
@click.option(
    "--source", type=FILE, required=True, help="The invoices, a CSV file, may be gzipped."
)
@click.option("--out", type=FOLDER, default=warehouse.RAW, show_default="sample/raw")
def build(source: Path, out: Path) -> None:
    """Turn the real invoices into raw tables, one Parquet file each."""
    warehouse.build(source, out)
    click.echo(f"raw tables written to {out}")


@main.command()
@click.option("--warehouse", "path", type=FILE, default="oms.duckdb", show_default=True)
@click.option("--postgres", metavar="URL", help="A database of PostgreSQL, instead of the file.")
@click.option("--raw", type=FOLDER, default=warehouse.RAW, show_default="sample/raw")
def load(path: Path, postgres: str | None, raw: Path) -> None:
    """Replace the schema raw of a DuckDB file, or of PostgreSQL, by the raw tables."""
    if postgres is None:
        warehouse.load(path, raw)
        click.echo(f"raw tables loaded into {path}")
        return
    from sample import postgres as server  # noqa: PLC0415 - its driver is an extra

    server.load(postgres, raw)
    click.echo("raw tables loaded into PostgreSQL")


@main.command()
@click.option("--orders", type=click.IntRange(min=1), required=True, help="How many orders.")
@click.option("--warehouse", "path", type=FILE, required=True, help="The DuckDB file to fill.")
@click.option("--out", type=FOLDER, help="Write Parquet files there too.")
@click.option("--raw", type=FOLDER, default=warehouse.RAW, show_default="sample/raw")
def scale(orders: int, path: Path, out: Path | None, raw: Path) -> None:
    """Fill a warehouse with as many orders as asked for, copies of the sample under new names."""
    start = time.perf_counter()
    warehouse.scale(orders, path, raw)
    seconds = time.perf_counter() - start
    click.echo(f"{orders:,} orders in {seconds:.1f} s, {orders / seconds:,.0f} orders a second")
    if out is not None:
        warehouse.write(path, out)


if __name__ == "__main__":
    main(prog_name="python -m sample")

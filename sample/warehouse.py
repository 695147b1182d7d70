"""Runs the SQL files of the sample in a DuckDB database."""

from pathlib import Path

import duckdb

HERE = Path(__file__).parent
RAW = HERE / "raw"
SQL = HERE / "sql"
KEYS = {
    "customers": "customer_id",
    "addresses": "address_id",
    "products": "product_id",
    "product_variants": "variant_id",
    "orders": "order_id, version",
    "order_lines": "order_line_id",
    "order_discounts": "order_discount_id",
    "order_tags": "order_id, tag",
    "subscriptions": "subscription_id",
    "refunds": "refund_id",
    "refund_lines": "refund_line_id",
    "pixel_purchase_events": "pixel_event_id",
}


def run(connection: duckdb.DuckDBPyConnection, step: Path, variables: dict[str, str | int]) -> None:
    """Run one SQL file, or every SQL file of a folder by name, with `variables` set.

    Args:
        connection: the database to run in.
        step: a file or folder of SQL.
        variables: what the SQL reads with `getvariable`.
    """
    for name, value in variables.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    for path in sorted(step.glob("*.sql")) if step.is_dir() else [step]:
        connection.execute(path.read_text(encoding="utf-8"))


def build(source: Path, out: Path) -> None:
    """Write the raw tables as Parquet into `out`, the same bytes each time, from the invoices."""
    with duckdb.connect() as connection:
        run(connection, SQL / "build", {"source": str(source)})
        write_tables(connection, out)


def load(warehouse: Path, raw: Path = RAW) -> None:
    """Replace the schema `raw` of the warehouse by the Parquet files of `raw`."""
    with duckdb.connect(warehouse) as connection:
        run(connection, SQL / "load.sql", {"raw": str(raw)})


def scale(orders: int, warehouse: Path, raw: Path = RAW) -> None:
    """Replace the schema `raw` of the warehouse by `orders` orders, copies of those in `raw`."""
    # The order of rows means nothing in a table, and keeping it costs time.
    with duckdb.connect(warehouse, config={"preserve_insertion_order": False}) as connection:
        run(connection, SQL / "scale", {"raw": str(raw), "orders": orders})


def write(warehouse: Path, out: Path) -> None:
    """Write the schema `raw` of the warehouse as Parquet into `out`."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        write_tables(connection, out)


def write_tables(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """Write each raw table as a Parquet file, ordered by its key: the same rows, the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    for table, key in KEYS.items():
        connection.sql(
            f"select columns(lambda name: name <> '_loaded_at') from raw.{table} order by {key}"
        ).write_parquet(str(out / f"{table}.parquet"), compression="zstd")

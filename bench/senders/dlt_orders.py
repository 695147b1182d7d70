"""dlt with a destination of one's own: 1,000 orders a request, new ones by a cursor column.

python dlt_orders.py DB URL FOLDER rows|arrow

rows: the source yields dicts. arrow: it yields Arrow tables, the fastest way that was found.
FOLDER keeps the state of the pipeline; without it all orders go. Runs in the environment of peers.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import dlt
import duckdb
import requests

database, url, folder, way = sys.argv[1:5]
formats = {"rows": "typed-jsonl", "arrow": "parquet"}
session = requests.Session()
session.headers["Content-Type"] = "application/json"


@dlt.destination(
    batch_size=1000,
    loader_file_format=formats[way],
    name="orders_api",
    naming_convention="direct",
    max_table_nesting=0,
    skip_dlt_columns_and_tables=True,
    max_parallel_load_jobs=4,
)
def orders_api(items: Any, table: Any) -> None:  # noqa: ARG001 - dlt gives it
    """Post a batch."""
    rows = items.to_pylist() if way == "arrow" else items
    body = json.dumps(rows, default=str).encode()
    session.post(url, data=body, timeout=30).raise_for_status()


@dlt.resource(name="orders", write_disposition="append", max_table_nesting=0)
def orders(cursor: Any = dlt.sources.incremental("_changed_at")) -> Iterator[Any]:  # noqa: B008
    """Yield the orders that changed since the last run, oldest first."""
    connection = duckdb.connect(database, read_only=True)
    connection.execute("set timezone = 'UTC'")
    last = cursor.last_value or "1970-01-01"
    sql = "select * from nested where _changed_at > ?::timestamptz order by _changed_at"
    result = connection.execute(sql, [str(last)])
    if way == "arrow":
        import pyarrow as pa  # noqa: PLC0415

        for part in result.to_arrow_reader(10_000):
            yield pa.Table.from_batches([part])
        return
    names = [column[0] for column in result.description or ()]
    while rows := result.fetchmany(1000):
        yield [dict(zip(names, row, strict=True)) for row in rows]


dlt.pipeline(f"orders_{way}", destination=orders_api, pipelines_dir=folder).run(orders())

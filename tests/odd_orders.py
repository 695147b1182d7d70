"""Orders whose money is easily told wrong: raw rows of an order system, and a project on them.

The system is the sample's, with the columns that its own tables lack: the staging models read them
where they have a null.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from sample import warehouse
from tests.dbt_project import copy_project
from tests.odd_values import make_odd

Row = dict[str, Any]
TEXT = "{{ text_type() }}"  # what each engine calls a text
NULLS = re.compile(rf"cast\(null as ([a-z]+(?:\(18, 4\))?|{re.escape(TEXT)})\) as (\w+)")
WIDE = {
    "quantity": "decimal(18, 6)",
    "unit_price": "decimal(18, 6)",
    "amount": "decimal(18, 4)",
    "discount_amount": "decimal(18, 4)",
    "shipping_amount": "decimal(18, 4)",
    "tax_amount": "decimal(18, 4)",
    "total_amount": "decimal(18, 4)",
}
FIRST = 1_000_000  # the sample has lower numbers
TIMES = {"created_at": "2026-03-01 10:00:00", "updated_at": "2026-03-09 10:00:00"}
ORDER = {
    "version": 1,
    "status": "completed",
    "channel": "web",
    "currency": "GBP",
    "customer_id": "77",
    "subtotal_amount": 0,
    "discount_amount": 0,
    "shipping_amount": 0,
    "tax_amount": 0,
    **TIMES,
}
LINE = {"product_id": "P", "quantity": 1, "discount_amount": 0, "tax_amount": 0}
BACK = {"product_id": "P", "quantity": 1, "tax_amount": 0, "overhead_cost": 0}


def rows_of(orders: Mapping[str, Row]) -> dict[str, list[Row]]:
    """Return the raw rows of each table, the lines and refunds numbered as they stand."""
    found: dict[str, list[Row]] = {
        name: [] for name in ("orders", "order_lines", "order_discounts", "refunds", "refund_lines")
    }
    for order_id, order in orders.items():
        key = {"order_id": order_id}
        lists = {"lines", "discounts", "refunds", "kept"}
        header = {name: value for name, value in order.items() if name not in lists}
        found["orders"].append({**ORDER, **key, **header})
        for line in order.get("lines", []):
            number = FIRST + len(found["order_lines"])
            found["order_lines"].append({**LINE, **key, "order_line_id": number, **line})
        for discount in order.get("discounts", []):
            number = FIRST + len(found["order_discounts"])
            found["order_discounts"].append({**key, "order_discount_id": number, **discount})
        for refund in order.get("refunds", []):
            refund_id = f"R{len(found['refunds']) + 1}"
            told = {name: value for name, value in refund.items() if name != "lines"}
            found["refunds"].append({**TIMES, **key, "refund_id": refund_id, **told})
            for line in refund.get("lines", []):
                number = FIRST + len(found["refund_lines"])
                also = {"refund_line_id": number, "refund_id": refund_id}
                found["refund_lines"].append({**BACK, **also, **line})
    return found


def read_what_is_null(models: Path) -> dict[str, list[tuple[str, str]]]:
    """Let staging models read the columns that they give as null; return their types and names.

    They are returned by the raw table that lacks them.
    """
    found = {}
    for path in models.glob("*.sql"):
        text = path.read_text()
        found[path.stem.removeprefix("stg_oms__")] = NULLS.findall(text)
        path.write_text(NULLS.sub(r"cast(\2 as \1) as \2", text))
    return found


def prepare(
    directory: Path, orders: Mapping[str, Row], others: Mapping[str, Sequence[Row]]
) -> None:
    """Make a project on the raw rows of `orders` and `others`, beside the sample's odd values."""
    copy_project(directory)
    lacking = read_what_is_null(directory / "models/staging/oms")
    (directory / "tests/dbt/oms/marts_equal_raw.sql").unlink()
    warehouse.load(directory / "oms.duckdb")
    with duckdb.connect(directory / "oms.duckdb") as connection:
        make_odd(connection)
        for table, columns in lacking.items():
            for kind, name in columns:
                sql_type = kind.replace(TEXT, "varchar")
                connection.execute(f"alter table raw.{table} add column {name} {sql_type}")
            for name, *_ in connection.execute(f"describe raw.{table}").fetchall():
                if name in WIDE:
                    connection.execute(f"alter table raw.{table} alter {name} type {WIDE[name]}")
        connection.execute("delete from raw.products where product_id = 'POST'")
        for table, rows in {**rows_of(orders), **others}.items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
                connection.execute(f"insert into raw.{table} ({names}) values ({marks})", row)

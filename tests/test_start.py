"""The models that the Start page writes over raw files."""

import re
from contextlib import chdir
from pathlib import Path

import duckdb

PAGE = (Path(__file__).parents[1] / "docs/start.md").read_text(encoding="utf-8")
FILES = {
    "sales": """
Order Number,Line Item,Order Date,CustomerKey,StoreKey,ProductKey,Quantity,Currency Code
366000,1,1/1/2016,265598,10,1304,1,CAD
366000,2,1/1/2016,265598,10,1,2,CAD
366001,1,1/2/2016,1269051,0,1,2,USD
""",
    "products": """
ProductKey,Product Name,Brand,Unit Cost USD,Unit Price USD
1304,Café Lens,Contoso,$31.27 ,"$1,068.00 "
1,Player,Contoso,$6.62 ,$12.99
""",
    "exchange_rates": """
Date,Currency Code,Exchange
1/1/2016,USD,1
1/1/2016,CAD,1.3884
1/2/2016,USD,1
""",
}


def test_the_models_of_the_page_make_right_orders_of_raw_files(tmp_path):
    (tmp_path / "raw").mkdir()
    for name, text in FILES.items():
        (tmp_path / f"raw/{name}.csv").write_text(text.lstrip())
    models = dict(re.findall(r"```sql\n-- models/(\w+)\.sql[^\n]*\n(.*?)```", PAGE, re.DOTALL))
    assert list(models) == ["order_lines", "orders"]
    with chdir(tmp_path), duckdb.connect() as connection:
        for name, sql in models.items():
            plain = re.sub(r"\{\{ ref\(\"(\w+)\"\) \}\}", r"\1", sql)
            connection.execute(f"create view {name} as {plain}")
        lines = connection.execute(
            "select order_number, line_number, product_name, unit_price::varchar "
            "from order_lines order by all"
        ).fetchall()
        totals = "select order_number, currency_code, order_total::varchar from orders order by all"
        orders = connection.execute(totals).fetchall()
    assert lines[0] == (366000, 1, "Café Lens", "1482.81")
    assert orders == [(366000, "CAD", "1518.89"), (366001, "USD", "25.98")]

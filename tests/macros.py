"""Renders macros as dbt would for an engine, without dbt."""

from functools import cache
from pathlib import Path

import duckdb
import jinja2

from tests.templating import adapter, order_connector

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dbt_package/macros"


@cache  # compiling all macros takes a fifth of a second
def render(call, engine="duckdb"):
    """Return the SQL of a call such as `clean_text("name")` for an engine."""
    paths = [*PACKAGE.glob("*.sql"), *(ROOT / "macros").glob("*.sql")]
    files = "".join(path.read_text() for path in sorted(paths))
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])  # noqa: S701
    template = environment.from_string(f"{files}\x00{{{{ {call} }}}}")
    names = {"adapter": adapter, "order_connector": order_connector, "engine": engine}
    sql = template.render({**names, "return": lambda value: value})
    return sql.rpartition("\x00")[2]


def evaluate(macro, *arguments):
    """Run a macro once, with the arguments bound as text."""
    names = [f"argument_{number}" for number in range(len(arguments))]
    call = ", ".join(f"'cast(${name} as varchar)'" for name in names)
    sql = render(f"{macro}({call})")
    bound = dict(zip(names, arguments, strict=True))
    used = {name: value for name, value in bound.items() if f"${name}" in sql}
    return duckdb.connect().execute(f"select {sql}", used).fetchone()[0]

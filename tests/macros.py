"""The macros as dbt would have DuckDB run them, without dbt."""

from pathlib import Path

import duckdb
import jinja2

from tests.templating import adapter

FOLDER = Path(__file__).parents[1] / "macros"


def render(call):
    """Return the SQL of a call such as `clean_text("name")`."""
    files = "".join(path.read_text() for path in sorted(FOLDER.glob("*.sql")))
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])  # noqa: S701
    template = environment.from_string(f"{files}\x00{{{{ {call} }}}}")
    sql = template.render({"adapter": adapter, "return": lambda value: value})
    return sql.rpartition("\x00")[2]


def evaluate(macro, *arguments):
    """Run a macro once, with the arguments bound as text."""
    names = [f"argument_{number}" for number in range(len(arguments))]
    call = ", ".join(f"'cast(${name} as varchar)'" for name in names)
    sql = render(f"{macro}({call})")
    bound = dict(zip(names, arguments, strict=True))
    used = {name: value for name, value in bound.items() if f"${name}" in sql}
    return duckdb.connect().execute(f"select {sql}", used).fetchone()[0]

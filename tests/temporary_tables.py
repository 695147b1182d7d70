"""Who writes and who reads each temporary table, by the text of the package.

`python -m tests.temporary_tables` writes that into `connector/plan/tables.sql`.
"""

import ast
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from connector.plan import tables
from connector.sql import run

PACKAGE = Path(__file__).parents[1] / "connector"
DECLARED = PACKAGE / "plan/tables.sql"
SCHEMAS = ("work", "plan")
_TABLE = re.compile(r"(?<![\w.$/])(work|plan)\.\"?([a-z][a-z_]*[a-z])\"?(?![\w(])")
_WRITTEN = re.compile(
    r"(create (or replace )?(table|view)( if not exists)?|insert into|update|delete from)\s+$"
)
_MAKERS = {
    "created",
    "collected",
    "remade",
}  # functions whose arguments name a table that they write
_TABLE_WITH_COMMENT = re.compile(r"((?:-- .*\n)*)create table ([a-z_.]+)")
COLUMNS = """
select schema_name || '.' || table_name, column_name, data_type
from duckdb_columns()
where
    (schema_name in ('work', 'plan') or database_name = 'plan')
    and not starts_with(column_name, '= ')  -- the fields that verify compares
order by 1, column_index
"""


@dataclass(frozen=True)
class Uses:
    """The modules that fill a table, and those that read it."""

    written: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    def told(self) -> str:
        written, read = (", ".join(sorted(names)) or "none" for names in (self.written, self.read))
        return f"Written by {written}; read by {read}."


def uses() -> dict[str, Uses]:
    """What the text of the package does with each table."""
    found: dict[str, Uses] = defaultdict(Uses)
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")]):
        if path != DECLARED:
            module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            for table, is_written in _named(path):
                (found[table].written if is_written else found[table].read).add(module)
    return dict(found)


def _named(path: Path) -> Iterator[tuple[str, bool]]:
    if path.suffix == ".sql":
        yield from in_sql(re.sub(r"--.*", "", path.read_text()))
        return
    tree = ast.parse(path.read_text())
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documented:
                yield from () if node.value.endswith(".html") else in_sql(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in _MAKERS:
            names = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)]
            if len(names) == 2 and names[0] in SCHEMAS:
                yield ".".join(names), True


def in_sql(sql: str) -> Iterator[tuple[str, bool]]:
    """The tables that a text names, and whether it writes them there."""
    for match in _TABLE.finditer(sql):
        before = " ".join(sql[: match.start()].split()[-6:]) + " "
        yield f"{match[1]}.{match[2]}", bool(_WRITTEN.search(before))


def declared() -> dict[str, str]:
    """What `tables.sql` says of who writes and reads each table."""
    found = {}
    for comment, table in re.findall(
        r"((?:-- .*\n)*)create table ([a-z_.]+)", DECLARED.read_text()
    ):
        text = " ".join(line.removeprefix("-- ") for line in comment.splitlines())
        found[table] = text[text.find("Written by ") :] if "Written by " in text else ""
    return found


def declared_columns() -> dict[str, list[tuple[str, str]]]:
    """The columns that `tables.sql` gives each table."""
    found: dict[str, list[tuple[str, str]]] = {}
    with duckdb.connect() as connection:
        connection.execute("create schema plan")
        for name in ("made", "declared"):
            run(connection, tables.statement(name), {})
        for table, column, kind in connection.execute(COLUMNS).fetchall():
            found.setdefault(table, []).append((column, kind))
    return found


def write() -> None:
    """Write the uses into the comment of each table, after what else it says."""
    known = uses()

    def commented(match: re.Match[str]) -> str:
        lines = [line.removeprefix("-- ") for line in match[1].splitlines()]
        mark = [line for line in lines if line.startswith("name: ")]
        text = " ".join(line for line in lines if line not in mark)
        text = f"{text.partition('Written by ')[0].strip()} {known[match[2]].told()}".strip()
        wrapped = textwrap.wrap(text, 96, break_on_hyphens=False)
        return "".join(f"-- {line}\n" for line in (*mark, *wrapped)) + f"create table {match[2]}"

    sql = DECLARED.read_text()
    DECLARED.write_text(_TABLE_WITH_COMMENT.sub(commented, sql))


if __name__ == "__main__":
    write()

"""dbt's `adapter` without dbt: for sqlfluff, and for tests of single macros."""

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context, Macro


@pass_context
def dispatch(context: Context, name: str, _namespace: str) -> Macro:
    """Return the implementation of a macro for `engine`, or the one for every engine, as dbt does.

    Without `engine` in the context it is DuckDB's.

    Raises:
        LookupError: the macro has neither.
    """
    engine = context.resolve("engine") or "duckdb"
    for prefix in (engine, "default"):
        macro = context.resolve(f"{prefix}__{name}")
        if not isinstance(macro, Undefined):
            return macro
    raise LookupError(f"{name} has no implementation for {engine}")


def quote(name: str) -> str:
    """Return a name as its engine wants it where it is no plain word."""
    return f'"{name}"'

"""dbt's `adapter` where dbt is not: for sqlfluff, and for tests of single macros."""

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context, Macro


@pass_context
def dispatch(context: Context, name: str, _namespace: str) -> Macro:
    """Return DuckDB's implementation of a macro, or the one for every engine, as dbt does.

    Raises:
        LookupError: the macro has neither.
    """
    for engine in ("duckdb", "default"):
        macro = context.resolve(f"{engine}__{name}")
        if not isinstance(macro, Undefined):
            return macro
    raise LookupError(f"{name} has no implementation for DuckDB")

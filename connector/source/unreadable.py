"""Names the model whose view cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from connector.exceptions import ModelError
from connector.text.visible import visible


@contextmanager
def naming(model: str | None) -> Iterator[None]:
    """Raise ModelError that names the model, and the reason unless it may quote a value.

    Without a model the error is left as it is.
    """
    try:
        yield
    except duckdb.Error as error:
        if model is None:
            raise
        raise ModelError(
            f"{model} cannot be read ({_why(error)}); run `dbt build --select +{model}`, "
            f"or look at it with `dbt show --select {model}`"
        ) from None


def _why(error: duckdb.Error) -> str:
    """Return DuckDB's message about the text of a view, which names only columns and tables."""
    if isinstance(error, (duckdb.BinderException, duckdb.CatalogException)):
        return visible(str(error).partition("\n")[0])
    return type(error).__name__

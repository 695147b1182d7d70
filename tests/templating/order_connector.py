"""The macros of the dbt package by its name where dbt is not, as `adapter` beside this."""

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context


def __getattr__(name: str) -> Callable[..., str]:
    """Return the macro of a name, which is looked up when it is called."""
    if name.startswith("__"):
        raise AttributeError(name)

    @pass_context
    def macro(context: Context, *arguments: Any, **named: Any) -> str:
        return str(context.resolve(name)(*arguments, **named))

    return macro

"""The options by which commands are given a period of time."""

from datetime import timedelta
from typing import Any

import click

from connector.api.periods import days
from connector.exceptions import ConfigError
from connector.settings.windows import Window, period


class Period(click.ParamType[Window]):
    """A year, month or day in UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the window that a text means."""
        try:
            return value if isinstance(value, Window) else period(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Days(click.ParamType[timedelta]):
    """A number of days, written as 7d."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the length of time that a text means."""
        try:
            return days(value)
        except ConfigError as error:
            self.fail(str(error), param, ctx)


first = click.option(
    "--from", "start", type=Period(), help="First year, month or day; else the oldest."
)
last = click.option("--to", "end", type=Period(), help="Last year, month or day; else the newest.")


def between(first: Window, last: Window) -> Window:
    """Return the window from the beginning of one to the end of another."""
    if first.start >= last.end:
        raise click.UsageError("--from is later than --to, so no window lies between; swap them")
    return Window(first.start, last.end)

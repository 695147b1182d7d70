"""Prints differences: coloured on a terminal, plain in a pipe."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import click

from connector.api.questions.differences import Differences
from connector.cli.output.terminal import say
from connector.text import exact
from connector.text.plural import counted

NOT_KEPT = "what was sent last is not kept; set `keep_payloads: true` to compare later deliveries"


def print_differences(found: Differences) -> None:
    """Print which fields change in how many orders, then orders field by field."""
    if not found.plan.changed:
        return
    if not found.compared:
        say(f"  {NOT_KEPT}")
        return
    say(f"  {counted(found.compared, 'changed order')} compared with what was sent last:")
    for field in found.fields:
        say(f"    {field.field:<30}{field.orders:>12,}")
    for order in found.orders:
        say(f"  {order.order_id}")
        print_changes(map(asdict, order.changes))


def print_changes(changes: Iterable[Mapping[str, Any]]) -> None:
    """Print changed fields, each on a line: + is new, - is gone, ~ has another value."""
    for change in changes:
        before, now = change["before"], change["now"]
        sign, colour = ("~", "yellow")
        if before is None or now is None:
            sign, colour = ("+", "green") if before is None else ("-", "red")
        values = [exact.compact(each) for each in (before, now) if each is not None]
        mark = click.style(f"    {sign} ", fg=colour)
        say(f"{change['field']}: {' → '.join(values)}", mark=mark)

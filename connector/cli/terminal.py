"""What a terminal is shown, and what a pipe, a log of CI or a plain terminal gets instead."""

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from connector.exceptions import ConnectorError, CrashError
from connector.text import log
from connector.text.visible import visible

_GAP = "   "
_READABLE = 24  # characters, into which the widest column may be folded
_OFF = ("", "0", "false", "False")


def is_animated(stream: TextIO) -> bool:
    """Return whether it is a terminal, but not one of CI, whose log would keep every frame."""
    if stream is sys.stderr and log.is_json():
        return False
    return stream.isatty() and os.environ.get("CI", "") in _OFF and os.environ.get("TERM") != "dumb"


def colours() -> bool | None:
    """Return False when NO_COLOR is set, else None: a terminal gets colours and a pipe none."""
    return False if os.environ.get("NO_COLOR") else None


def say(*lines: str, err: bool = False, mark: str = "") -> None:
    """Print lines to stdout or stderr; nothing in them acts on a terminal.

    All text is printed by it. `mark` is our own, may have colours, and stands before the
    first line. With `--log-format json` what goes to stderr is one JSON object.
    """
    if err and log.is_json():
        is_error = bool(lines) and lines[0].startswith("Error: ")
        lines = (log.as_event(" ".join(lines), is_error=is_error),)
    click.echo(mark + "\n".join(map(visible, lines)), err=err)


def tell_error(error: Exception) -> ConnectorError:
    """Say once on stderr what went wrong, and return it with its exit code; a bug is a crash."""
    found = error if isinstance(error, ConnectorError) else CrashError.of(error)
    if not found.is_said:
        say(f"Error: {found}", *getattr(found, "frames", ()), err=True)
    found.is_said = True
    return found


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: fitted to the width of a terminal, whole lines elsewhere.

    On a terminal, columns that are empty in every row are left out, and each row is printed as
    several lines when the columns do not fit side by side.
    """
    rows = [[visible(text) for text in row] for row in rows]
    if not is_animated(sys.stdout):
        say(*columns_of(columns, rows))
        return
    numbers = range(len(columns))
    filled = [each for each in numbers if not rows or any(row[each] for row in rows)]
    columns = [columns[number] for number in filled]
    rows = [[row[number] for number in filled] for row in rows]
    # The widest column may be folded between its words, the others may not.
    widths = _widths(columns, rows)
    widest = widths.index(max(widths))
    narrow = sum(sorted(widths)[:-1]) + len(_GAP) * len(columns)
    words = max(len(word) for row in (columns, *rows) for word in row[widest].split(" "))
    needed = max(min(widths[widest], _READABLE), words)
    fits = narrow + needed <= width()
    (_print_folded if fits else _print_records)(columns, rows)


def width() -> int:
    """Return how many columns the terminal has."""
    return shutil.get_terminal_size().columns


def columns_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose columns stand below each other."""
    widths = _widths(columns, rows)
    lines = (
        (text.ljust(w) for text, w in zip(row, widths, strict=True)) for row in (columns, *rows)
    )
    return ["  ".join(line).rstrip() for line in lines]


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(columns, *rows, strict=True)]


def _print_folded(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    widths = _widths(columns, rows)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, width in zip(columns, widths, strict=True):
        table.add_column(name, overflow="fold", no_wrap=width < max(widths))
    for row in rows:
        # As Text, since square brackets in an API's words are not markup.
        table.add_row(*map(Text, row))
    Console().print(table)


def _print_records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns), default=0)
    for number, row in enumerate(rows):
        if number:
            say()
        for name, text in zip(columns, row, strict=True):
            if text:
                say(text, mark=f"{click.style(name.ljust(width), dim=True)}{_GAP}")

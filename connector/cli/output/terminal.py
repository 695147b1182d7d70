"""What a terminal is shown, and what a pipe, a log of CI or a plain terminal gets instead."""

import io
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import click

from connector.cli.output.table import READABLE, columns_of, fitted
from connector.exceptions import ConnectorError, CrashError
from connector.text import log
from connector.text.visible import visible

_GAP = "   "
_ALIGNED = re.compile(r"^(\s*\S.*?\s{2,})\S")  # a label or count in front of a text
_OFF = ("", "0", "false", "False")


def is_animated(stream: TextIO) -> bool:
    """Return whether it is a terminal, but not one of CI, whose log would keep every frame."""
    if stream is sys.stderr and log.is_json():
        return False
    return stream.isatty() and os.environ.get("CI", "") in _OFF and os.environ.get("TERM") != "dumb"


def colours() -> bool | None:
    """Return False when NO_COLOR is set, else None: a terminal gets colours and a pipe none."""
    return False if os.environ.get("NO_COLOR") else None


def say(*lines: str, err: bool = False, mark: str = "", whole: bool = False) -> None:
    """Print lines to stdout or stderr; nothing in them acts on a terminal.

    All text is printed by it. `mark` is our own, may have colours, and stands before the
    first line. On a terminal, stdout is folded between words, unless lines must stay `whole`. With
    `--log-format json` what goes to stderr is one JSON object.
    """
    if err and log.is_json():
        is_error = bool(lines) and lines[0].startswith("Error: ")
        lines = (log.as_event(" ".join(lines), is_error=is_error),)
    shown = [*map(visible, lines)]
    if not (err or whole) and is_animated(sys.stdout):
        blank = " " * len(click.unstyle(mark))
        first = [fold(blank + line, 0).removeprefix(blank) for line in shown[: bool(mark)]]
        shown = [*first, *map(fold, shown[len(first) :])]
    click.echo(mark + "\n".join(shown), err=err)


def fold(line: str, indent: int = 2) -> str:
    """Return a line in as many lines as a terminal needs, which end between words.

    Further lines begin below the text of the first, behind its label or count if it has one, else
    so many characters behind its beginning.
    """
    columns = width()
    if len(line) <= columns:
        return line
    found = _ALIGNED.match(line)
    start = len(found[1]) if found else 0
    if not found or columns - start < READABLE:
        start = len(line) - len(line.lstrip()) + indent
    folded = textwrap.wrap(
        line,
        columns,
        subsequent_indent=" " * start,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return "\n".join(folded)


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
    lines = fitted(columns, rows, width())
    if lines:
        say(*lines, whole=True)
    else:
        _print_records(columns, rows)


@contextmanager
def paged() -> Iterator[None]:
    """Show what the block prints to a terminal through a pager (PAGER), if there is much of it."""
    if not is_animated(sys.stdout):
        yield
        return
    os.environ.setdefault("LESS", "-FRX")  # less ends at once if all fits, and leaves it there
    terminal, kept = sys.stdout, _Kept(sys.stdout)
    sys.stdout = kept
    try:
        yield
    finally:
        sys.stdout = terminal
        click.echo_via_pager(kept.getvalue(), color=None if colours() is None else False)


class _Kept(io.StringIO):
    """Keeps what is printed to a terminal, and says that it is one."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal.isatty()

    def fileno(self) -> int:
        return self._terminal.fileno()


def width() -> int:
    """Return how many columns the terminal has."""
    return shutil.get_terminal_size().columns


def _print_records(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns), default=0)
    for number, row in enumerate(rows):
        if number:
            say()
        for name, text in zip(columns, row, strict=True):
            if text:
                say(text, mark=f"{click.style(name.ljust(width), dim=True)}{_GAP}")

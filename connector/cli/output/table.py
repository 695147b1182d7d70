"""Lays out tables as text: columns side by side, within a width if there is one."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

GAP = "  "
READABLE = 24  # characters, into which a text may be folded
_COUNT = re.compile(r"[\d,.]+( ([kMG]?B|s))?|\u2013|")

Cells = Sequence[Sequence[str]]


def columns_of(columns: Sequence[str], rows: Cells) -> list[str]:
    """Return the lines of a table, however wide they are; counts are right-aligned."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    is_count = _counts(columns, rows)
    return [_line(row, widths, is_count) for row in (columns, *rows)]


def fitted(columns: Sequence[str], rows: Cells, width: int) -> list[str] | None:
    """Return the lines of a table with a rule below its header; None when it is too wide.

    Only words of the header, and those of the widest column, may stand on several lines.
    """
    contents = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    contents = contents or [0] * len(columns)
    widths = [max(len(name), size) for name, size in zip(columns, contents, strict=True)]
    if _total(widths) > width:
        shortest = [max(map(len, name.split())) for name in columns]
        widths = [max(pair) for pair in zip(shortest, contents, strict=True)]
    if _total(widths) > width:
        widest = widths.index(max(widths))
        words = [len(word) for row in (columns, *rows) for word in row[widest].split(" ")]
        least = max(min(widths[widest], READABLE), *words)
        widths[widest] = max(least, width - _total(widths) + widths[widest])
    if _total(widths) > width:
        return None
    is_count = _counts(columns, rows)
    lines = [*_folded(columns, widths, is_count), "\u2500" * _total(widths)]
    return [*lines, *(line for row in rows for line in _folded(row, widths, is_count))]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _counts(columns: Sequence[str], rows: Cells) -> list[bool]:
    """Return for each column whether it has counts and nothing else."""
    cells = [*zip(*rows, strict=True)] or [()] * len(columns)
    return [any(column) and all(map(_COUNT.fullmatch, column)) for column in cells]


def _folded(row: Sequence[str], widths: Sequence[int], is_count: Sequence[bool]) -> Iterator[str]:
    """Yield the lines of a row, whose cells end between words."""
    cells = [
        textwrap.wrap(text, size, break_long_words=False, break_on_hyphens=False)
        if len(text) > size
        else [text]
        for text, size in zip(row, widths, strict=True)
    ]
    for line in zip_longest(*cells, fillvalue=""):
        yield _line(line, widths, is_count)


def _line(row: Sequence[str], widths: Sequence[int], is_count: Sequence[bool]) -> str:
    parts = zip(row, widths, is_count, strict=True)
    cells = (text.rjust(size) if right else text.ljust(size) for text, size, right in parts)
    return GAP.join(cells).rstrip()

"""Tables, sections and code in Markdown."""

import json
from collections.abc import Iterable, Iterator, Sequence

Lines = Iterator[str]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Lines:
    """Yield a table and an empty line after it, or nothing when it has no rows."""
    found = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    if found:
        yield f"| {' | '.join(heads)} |"
        yield "|---" * len(heads) + "|"
        yield from (f"| {' | '.join(row)} |" for row in found)
        yield ""


def section(title: str, lines: Iterable[str]) -> Lines:
    """Yield a heading and what is below it, or nothing when that is nothing."""
    below = list(lines)
    if below:
        yield f"## {title}"
        yield ""
        yield from below


def code(value: object) -> str:
    """Return a value as code: a text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"

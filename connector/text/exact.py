"""JSON whose numbers are printed as they were written: 12.50 stays 12.50."""

import json
import re
from typing import Any

# A private character that marks a number, so that it passes through Python's JSON as a text.
_MARK = "\ue000"
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def loads(text: str) -> Any:
    """Parse JSON for `dumps`; fractions are marked texts."""
    return json.loads(text, parse_float=lambda number: _MARK + number)


def dumps(value: object) -> str:
    """Return a value of `loads` as indented JSON."""
    text = json.dumps(value, indent=2, default=str, ensure_ascii=False)
    return _MARKED.sub(r"\1", text)


def compact(value: object) -> str:
    """Return a value of `loads` as JSON without white space."""
    text = json.dumps(value, separators=(",", ":"), default=str, ensure_ascii=False)
    return _MARKED.sub(r"\1", text)


def plain(value: object) -> Any:
    """Return a value of `loads` with its fractions as numbers, which are no longer exact."""
    return json.loads(compact(value))

"""JSON whose numbers are printed as they were written: 12.50 stays 12.50."""

import json
import re
from decimal import Decimal
from typing import Any

# A private character that marks a number, so that it passes through Python's JSON as a text.
_MARK = "\ue000"
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


class Fraction(Decimal):
    """A number of a JSON document, with the digits that it has there."""


def loads(text: str) -> Any:
    """Parse JSON for `dumps`; what has a fraction is a Fraction."""
    return json.loads(text, parse_float=Fraction)


def dumps(value: object) -> str:
    """Return a value of `loads` as indented JSON."""
    text = json.dumps(value, indent=2, default=_text, ensure_ascii=False)
    return _MARKED.sub(r"\1", text)


def compact(value: object) -> str:
    """Return a value of `loads` as JSON without white space."""
    text = json.dumps(value, separators=(",", ":"), default=_text, ensure_ascii=False)
    return _MARKED.sub(r"\1", text)


def _text(value: object) -> str:
    return f"{_MARK}{value:f}" if isinstance(value, Fraction) else str(value)


def plain(value: object) -> Any:
    """Return a value of `loads` with its fractions as numbers, which are no longer exact."""
    return json.loads(compact(value))

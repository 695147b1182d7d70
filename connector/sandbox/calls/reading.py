"""Reads the body of a call: its JSON value, and each order as it was received."""

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

_SPACE = re.compile(r"[ \t\n\r]*")
_SEPARATOR = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")


class MalformedBodyError(Exception):
    """The body is not valid JSON."""


@dataclasses.dataclass(frozen=True)
class Call:
    """A call as read: its JSON value, and its orders as values and as received texts."""

    document: Any
    orders: Sequence[Any] = ()
    texts: Sequence[str] = ()


def read(body: bytes, member: str | None) -> Call:
    """Read a body; the orders are its `member`, or the whole body.

    Raises MalformedBodyError if it is not valid JSON.
    """
    try:
        return _read(_Text(body.decode()), member)
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# Python's own decoder tells where a value ends: orders are kept as received, decimals exact, and
# only the judging sees floats.
_DECODER = json.JSONDecoder(parse_constant=_refuse)


class _Text:
    """A JSON text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def takes(self, mark: str) -> bool:
        """Go past a mark if it comes next."""
        self._at = _end(_SPACE, self._text, self._at)
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def needs(self, mark: str) -> None:
        if not self.takes(mark):
            raise ValueError(self._at)

    def ends(self) -> None:
        if _end(_SPACE, self._text, self._at) != len(self._text):
            raise ValueError(self._at)

    def value(self) -> Any:
        start = _end(_SPACE, self._text, self._at)
        value, self._at = _DECODER.raw_decode(self._text, start)
        return value

    def items(self) -> tuple[list[Any], list[str]]:
        """Read the rest of a list whose bracket was taken: its values and their texts."""
        if self.takes("]"):
            return [], []
        values, texts = [], []
        at = _end(_SPACE, self._text, self._at)
        while True:
            value, end = _DECODER.raw_decode(self._text, at)
            values.append(value)
            texts.append(self._text[at:end])
            separator = _SEPARATOR.match(self._text, end)
            if not separator:
                break
            at = separator.end()
        self._at = end
        self.needs("]")
        return values, texts


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _read(text: _Text, member: str | None) -> Call:
    if member is None and text.takes("["):
        orders, texts = text.items()
        call = Call(orders, orders, texts)
    elif member is not None and text.takes("{"):
        call = _members(text, member)
    else:
        call = Call(text.value())
    text.ends()
    return call


def _members(text: _Text, member: str) -> Call:
    """Read the rest of an object whose brace was taken; of two members of one name the later."""
    call = Call({})
    while not text.takes("}"):
        if call.document:
            text.needs(",")
        name = text.value()
        if not isinstance(name, str):
            raise ValueError(name)  # noqa: TRY004 - it is the text that is wrong
        text.needs(":")
        if name == member and text.takes("["):
            orders, texts = text.items()
            call = Call(call.document | {name: orders}, orders, texts)
        else:
            call.document[name] = text.value()
    return call

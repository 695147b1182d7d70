"""Keeps secrets and customer data out of the words of others.

Looked for is what a person would read as the value: in any case, with or without accents, in any
spelling of the web, a phone number by its last digits, each longer word of a name.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote, quote_plus, unquote

LONGEST = 500  # characters of an API's words that are kept
_READ = 8_000  # that are looked at as they came; more of them cannot be needed
_WINDOW = 2_000  # that are looked at once they are in plain spelling
_VALUE = 300  # of a personal value, about: one that the end of the window cuts is not known again
_ROUNDS = 100  # of escapes within escapes

DIGITS = 7  # of a phone number, at its end, by which it is known however it is written
_EMAIL = re.compile(r"[^\s\"'<>@]{1,64}@[^\s\"'<>@]{1,200}\.[^\s\"'<>@]{1,64}")
_PHONE = re.compile(r"\+\d[\d ().-]{6,30}\d")
_NUMBER = re.compile(r"\d(?:[\s().,/_-]{0,3}\d){6,30}")
_WORD = re.compile(r"[^\W\d_]{4,}")
_ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_BLANKS = re.compile(r"[\s+]+")


class Found(NamedTuple):
    """Something personal that stands in a text, as `searched` gives it, and how to look for it."""

    field: str
    value: str
    kind: str  # text, word or digits


def plain(text: str) -> str:
    r"""Return a text without spellings that hide a value, cut to what is looked at.

    Such are \u00e1, \/, %40, &#64;, full-width letters, invisible letters, runs of blanks.
    """
    cut, text = len(text) > _READ, text[:_READ]
    for _ in range(_ROUNDS):
        simpler = _decoded(text)
        if simpler == text:
            break
        text = simpler
    if cut or len(text) > _WINDOW:
        text = f"{text[:_WINDOW]}\n"  # the only line end there can be: what it ends was cut
    return text


def _decoded(text: str) -> str:
    text = _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    # Halves of an emoji that were escaped one by one become one character again.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = html.unescape(unquote(re.sub(r"\\+/", "/", text)))
    text = unicodedata.normalize("NFKC", text)
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.split())


@cache
def _base(letter: str) -> str:
    """Return a letter in lower case and without its accent, always one."""
    return unicodedata.normalize("NFKD", letter)[0].lower()[0]


def _folded(text: str) -> str:
    """Return a plain text in lower case and without accents, letter for letter."""
    return text.lower() if text.isascii() else "".join(map(_base, text))


def searched(text: str) -> str:
    """Return a plain text as personal values are looked for in it: a form writes blanks as +."""
    return _BLANKS.sub(" ", _folded(text))


def words(text: str) -> set[str]:
    """Return the words of a text that are long enough to identify a person."""
    return set(_WORD.findall(_folded(text)))


class Sought:
    """What is looked for in the words about one request, by how it is looked for."""

    def __init__(self, found: Iterable[Found] = (), known: Collection[str] = ()) -> None:
        """Sort what was found; `known` are words that belong to no person."""
        kinds: dict[str, dict[str, str]] = {"text": {}, "digits": {}, "word": {}}
        for field, value, kind in found:
            if kind != "word" or value not in known:
                kinds[kind].setdefault(value, field)
        self.texts, self.tails, self.names = kinds.values()


def mask(text: str, sought: Sought) -> str:
    """Return the plain text with what is sought replaced by its field, and shortened.

    E-mail addresses and phone numbers go in any case. Shortened last, so that no half of a value is
    left at the end.
    """
    folded = _folded(text)
    labels = [""] * len(text)
    for first, last, label in _spans(text, folded, sought):
        for position in range(first, last):
            labels[position] = labels[position] or label
    shown = len(text) - _VALUE if text.endswith("\n") else len(text)
    parts = groupby(range(max(0, shown)), key=labels.__getitem__)
    masked = "".join(
        f"[{label}]" if label else "".join(text[each] for each in positions)
        for label, positions in parts
    )
    is_whole = shown == len(text) and len(masked) <= LONGEST
    return masked if is_whole else f"{masked[:LONGEST]}…"


def _spans(text: str, folded: str, sought: Sought) -> Iterator[tuple[int, int, str]]:
    """Yield where something personal stands, and what it is."""
    blank = _BLANKS.sub(" ", folded)
    for value, field in sought.texts.items():
        if value in blank:
            pattern = r"[\s+]+".join(map(re.escape, _BLANKS.split(value)))
            yield from ((*each.span(), field) for each in re.finditer(pattern, folded))
    for number in _NUMBER.finditer(folded) if sought.tails else ():
        digits = re.sub(r"\D", "", number[0])
        ends = (digits[at : at + DIGITS] for at in range(len(digits) - DIGITS + 1))
        fields = [sought.tails[tail] for tail in ends if tail in sought.tails]
        yield from ((*number.span(), field) for field in fields[:1])
    for word in _WORD.finditer(folded) if sought.names else ():
        if word[0] in sought.names:
            yield (*word.span(), sought.names[word[0]])
    yield from ((*each.span(), "e-mail") for each in _EMAIL.finditer(text))
    yield from ((*each.span(), "phone") for each in _PHONE.finditer(text))


def without_secrets(body: bytes, secrets: Iterable[tuple[str, str]]) -> bytes:
    """Return an answer with each secret (name, value) replaced by its name, however it is spelt."""
    for name, value in secrets:
        spellings = {value, value.replace("/", r"\/"), quote(value, safe=""), quote_plus(value)}
        for spelling in sorted(spellings - {""}, key=len, reverse=True):
            body = body.replace(spelling.encode(), f"[{name}]".encode())
    return body

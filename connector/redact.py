"""Keeps secrets and customer data out of the words of others."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

LONGEST = 500  # characters of an API's words that are kept

_EMAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+\.[^\s\"'<>@]+")
_PHONE = re.compile(r"\+\d[\d ().-]{6,}\d")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_BLANKS = re.compile(r"[\s+]+")


def plain(text: str) -> str:
    r"""Return a text without spellings that hide a value: \u00e1, \/, %40 and runs of blanks."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Halves of an emoji that were escaped one by one become one character again.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(unquote(re.sub(r"\\+/", "/", text)).split())


def searched(text: str) -> str:
    """Return a plain text as personal values are looked for in it: a form writes blanks as +."""
    return _BLANKS.sub(" ", text).lower()


def mask(text: str, values: Iterable[tuple[str, str]]) -> str:
    """Return the plain text with each of the values (field, value) replaced by its field.

    E-mail addresses and phone numbers go in any case. Shortened last, so that no half of a value
    is left at the end.
    """
    for field, value in values:
        pattern = r"[\s+]+".join(map(re.escape, _BLANKS.split(value)))
        text = re.sub(pattern, f"[{field}]", text, flags=re.IGNORECASE)
    text = _PHONE.sub("[phone]", _EMAIL.sub("[e-mail]", text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def without_secrets(body: bytes, secrets: Iterable[tuple[str, str]]) -> bytes:
    """Return an answer with each secret (name, value) replaced by its name, however it is spelt."""
    for name, value in secrets:
        spellings = {value, value.replace("/", r"\/"), quote(value, safe=""), quote_plus(value)}
        for spelling in sorted(spellings - {""}, key=len, reverse=True):
            body = body.replace(spelling.encode(), f"[{name}]".encode())
    return body

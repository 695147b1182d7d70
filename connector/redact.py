"""Keeps secrets and customer data out of the words of others."""

import re
from collections.abc import Iterable

LONGEST = 500  # characters of an API's words that are kept

_EMAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+\.[^\s\"'<>@]+")
_PHONE = re.compile(r"\+\d[\d ().-]{6,}\d")


def mask(text: str, values: Iterable[tuple[str, str]]) -> str:
    """Return the text with each of the values (field, value) replaced by its field, and shortened.

    E-mail addresses and phone numbers go in any case. Shortened last, so that no half of a value
    is left at the end.
    """
    for field, value in values:
        text = re.sub(re.escape(value), f"[{field}]", text, flags=re.IGNORECASE)
    text = _PHONE.sub("[phone]", _EMAIL.sub("[e-mail]", text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def without_secrets(body: bytes, secrets: Iterable[tuple[str, str]]) -> bytes:
    """Return an answer with each secret (name, value) replaced by its name."""
    for name, value in secrets:
        if value:
            body = body.replace(value.encode(), f"[{name}]".encode())
    return body

"""Finds what a template of settings left to be filled in, in place of keys and names."""

import re
from collections.abc import Iterator

from connector.settings.settings import Destination

_WORDS = (
    *("todo", "tbd", "fixme", "placeholder", "dummy", "example", "sample", "secret", "none"),
    *("null", "any", "test", "key", "token", "n/?a", "0+", "_+", "-+", r"\*+", r"\.+", "…+"),
    r"(api|client|secret|access)[-_ ]?(key|id|token)",
)
_SHAPES = (
    r"<[^<>]*>",  # <your key>
    r"\[[^\[\]]*\]",
    r"\{+[^{}]*\}+",
    r".*change[-_ ]?(me|this|it).*",
    r".*replace[-_ ]?(me|this|with).*",
    r"(your|insert|enter|paste|put)[-_ ].*",  # your-shop.myshopify.com, paste_key_here
    r"x[-x]{2,}",
    r".*x{4,}.*",  # sk_xxxxxxxx
    r"(.*\.)?example(\.(com|org|net))?(/.*)?",  # domains that are reserved for examples
)
_PLACEHOLDER = re.compile("|".join((*_WORDS, *_SHAPES)), re.IGNORECASE | re.DOTALL)


def is_placeholder(value: str) -> bool:
    """Return whether a value is none, but stands where one is to be filled in."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None


def left(destination: Destination) -> Iterator[str]:
    """Yield the settings of a destination that hold placeholders; their values are not shown.

    Raises ConfigError for a variable that is not set.
    """
    for name, value in destination.resolved().items():
        if is_placeholder(value.reveal()):
            yield name


def in_url(url: str) -> bool:
    """Return whether any part of a URL's path is a placeholder."""
    return any(map(is_placeholder, filter(None, re.split(r"[/?&=]", url))))

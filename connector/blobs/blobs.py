"""The interface of any place that stores named bytes, and its exceptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Tag = Any  # the version of a blob; only the place that returned it can interpret it


class MissingError(Exception):
    """No blob has this name."""


class ExistsError(Exception):
    """A blob of this name exists already."""


class ChangedError(Exception):
    """The blob has another version than the one to replace, or is gone."""


class FaultError(Exception):
    """The place failed; the text is its message.

    The operation may have succeeded nevertheless, unless `kind` is denied, full or unfit.
    """

    def __init__(self, kind: str, text: str) -> None:
        """Take one of `unavailable`, `denied`, `full`, `unfit` (cannot write on a condition)."""
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Found:
    """A blob in a listing."""

    key: str
    size: int
    modified: datetime  # by the clock of the place


class Blobs(Protocol):
    """Blobs below one address; names are words separated by slashes. It is thread-safe."""

    @property
    def address(self) -> str:
        """Return the address for messages, without secrets."""
        ...

    def get(self, key: str) -> tuple[bytes, Tag]:
        """Return a blob and its version; raises MissingError or FaultError."""
        ...

    def put_new(self, key: str, data: bytes) -> Tag:
        """Write a blob that does not exist yet; raises ExistsError or FaultError."""
        ...

    def replace_if(self, key: str, data: bytes, tag: Tag) -> Tag:
        """Replace a blob that has exactly this version; raises ChangedError or FaultError."""
        ...

    def listed(self, folder: str) -> list[Found]:
        """Return the blobs below a folder, such as `a/b/`, sorted by key."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs; missing ones are ignored."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...

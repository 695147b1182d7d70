"""What is asked of any place that keeps named bytes, and what may come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Tag = Any  # which version of a blob it is; only the place that gave it understands it


class MissingError(Exception):
    """There is no blob of this name."""


class ExistsError(Exception):
    """There is a blob of this name already."""


class ChangedError(Exception):
    """The blob is not of the version that was to be replaced, or is gone."""


class FaultError(Exception):
    """The place did not do what it was asked; the text is what it said.

    It may have been done all the same unless `kind` is denied, full or unfit.
    """

    def __init__(self, kind: str, text: str) -> None:
        """Take one of `unavailable`, `denied`, `full`, `unfit` (cannot write on a condition)."""
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Found:
    """A blob as a list tells of it."""

    key: str
    size: int
    modified: datetime  # by the clock of the place


class Blobs(Protocol):
    """Blobs below one address; names are words between slashes. Any thread may call it."""

    @property
    def address(self) -> str:
        """Return where they are, as messages name it; without secrets."""
        ...

    def get(self, key: str) -> tuple[bytes, Tag]:
        """Return a blob and its version; raises MissingError or FaultError."""
        ...

    def put_new(self, key: str, data: bytes) -> Tag:
        """Write a blob that is not there yet; raises ExistsError or FaultError."""
        ...

    def replace_if(self, key: str, data: bytes, tag: Tag) -> Tag:
        """Replace a blob of this very version; raises ChangedError or FaultError."""
        ...

    def listed(self, folder: str) -> list[Found]:
        """Return what is below a folder, such as `a/b/`, in the order of the keys."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """Delete blobs; those that are not there are no error."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...

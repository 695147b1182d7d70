"""Reads the results of `dbt source freshness`, unless they are too old."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector.text.duration import lasting

OLD = 172_800.0  # seconds after which results are too old
LATE = ("warn", "error")  # statuses of a source whose last load is too old


@dataclass(frozen=True, slots=True)
class Source:
    """A source of dbt as last checked; `loaded_at` is None when it is not known."""

    unique_id: str
    status: str  # pass, warn, error or runtime error
    loaded_at: datetime | None
    checked_at: datetime

    @property
    def name(self) -> str:
        """Return the source and its table, such as `oms.orders`."""
        return ".".join(self.unique_id.split(".")[2:])

    def words(self) -> str:
        """Return in words how late it is."""
        if self.loaded_at is None:
            return f"dbt could not tell how fresh the source {self.name} is"
        ago = lasting((self.checked_at - self.loaded_at).total_seconds())
        told = f"the dbt source {self.name} was last loaded {ago} before it was checked"
        return f"{told} (`dbt source freshness`: {self.status})"


def sources(path: Path) -> list[Source]:
    """Return the sources in a sources.json; an empty list when it cannot be read."""
    try:
        found = json.loads(path.read_bytes())
        checked = _moment(found["metadata"]["generated_at"])
        return [_source(result, checked) for result in found["results"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def is_old(source: Source, at: datetime) -> bool:
    """Return whether a source was checked too long ago."""
    return (at - source.checked_at).total_seconds() > OLD


@dataclass(frozen=True, slots=True)
class Late:
    """The description of a source whose last load is too old, and the models that depend on it."""

    source: str
    words: str
    models: frozenset[str]


def late(path: Path, manifest: Mapping[str, Any], at: datetime) -> list[Late]:
    """Return the late sources from the sources.json beside a manifest, unless it is too old."""
    found = sources(path.with_name("sources.json"))
    return [
        Late(source.name, source.words(), frozenset(_models(source, manifest)))
        for source in found
        if source.status in LATE and not is_old(source, at)
    ]


def _models(source: Source, manifest: Mapping[str, Any]) -> Iterator[str]:
    for unique_id in _below(source.unique_id, manifest.get("child_map") or {}):
        node = manifest["nodes"].get(unique_id)
        if node:
            yield str(node["name"])


def _source(result: Mapping[str, Any], generated: datetime) -> Source:
    loaded, checked = result.get("max_loaded_at"), result.get("snapshotted_at")
    return Source(
        str(result["unique_id"]),
        str(result["status"]),
        _moment(loaded) if loaded else None,
        _moment(checked) if checked else generated,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _below(start: str, children: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield all descendants of a node."""
    waiting, seen = [start], {start}
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
                yield child

"""The views of a destination as they are in the warehouse."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class View:
    """The view of one entity; `place` is its quoted name, `columns` are names and types.

    `casts` has SQL of the columns that are cast without loss. `relation` is what to read: where the
    connection reads the view itself, a select with those casts.
    """

    model: str
    place: str
    relation: str
    columns: Mapping[str, str]
    casts: Mapping[str, str]

    @property
    def cast_types(self) -> dict[str, str]:
        """Return the types in the view of the columns that are cast."""
        return {name: self.columns[name] for name in self.casts}


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a destination, by entity."""

    models: dict[str, str] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)  # quoted
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)  # defined by the contract
    found: dict[str, View] = field(default_factory=dict)

    def announced(self) -> list[str]:
        """Return messages about the columns that are cast without loss."""
        return [
            f"{view.model}.{name} is {kind}, and cast without loss"
            for view in self.found.values()
            for name, kind in view.cast_types.items()
        ]

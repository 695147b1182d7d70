"""What `init` can be given, and what it did or would do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from connector import scaffold
from connector.exceptions import ChoiceError
from connector.text.names import nearest


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file of the project; `status` is written, renewed, added to or kept."""

    path: str
    status: str

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of a view: the SQL that makes it, or none; `note` is what should be made sure of."""

    view: str
    column: str
    is_required: bool
    source: str
    sql: str
    note: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What `init` can be given: destinations with their environments, and models."""

    destinations: Mapping[str, tuple[str, ...]]
    models: tuple[str, ...]
    before: Mapping[str, str] = field(default_factory=dict)  # models that were named, by role

    @property
    def orders_model(self) -> str:
        """Return the model that `init` takes when it is given none, or an empty text."""
        return self.model("orders")

    def likely(self, role: str) -> list[str]:
        """Return the models that may have the orders, lines or refunds, the likeliest first."""
        return scaffold.likely(role, self.models)

    def model(self, role: str) -> str:
        """Return the model that `init` takes for a role: as before, else the likeliest, or none."""
        return self.before.get(role) or next(iter(self.likely(role)), "")

    def check(self, destinations: Sequence[str]) -> None:
        """Raise ChoiceError for a destination that is not known, naming the nearest."""
        if not destinations:
            raise ChoiceError(
                f"no destination is named; name one of {', '.join(self.destinations)}"
            )
        for name in destinations:
            if name not in self.destinations:
                raise unknown("destination", name, self.destinations)

    def check_model(self, name: str) -> None:
        """Raise ChoiceError for a model that the project does not have, naming the nearest."""
        if name and name not in self.models:
            hint = f"{nearest(name, self.models)}; write it first, or name no model"
            raise ChoiceError(f"the dbt project has no model {name!r}{hint}")

    def environments(self, destinations: Sequence[str]) -> tuple[str, ...]:
        """Return the environments that all of some destinations have."""
        first, *others = (self.destinations[name] for name in destinations)
        return tuple(name for name in first if all(name in other for other in others))


@dataclass(frozen=True, slots=True)
class Preparation:
    """What `init` did, or would do, and what is left to do."""

    files: tuple[PreparedFile, ...]
    environment: str
    variables: tuple[str, ...]  # of the environment, which need a value before the first run
    settings: str  # what connector.yml lacks below `destinations:`, as lines
    columns: tuple[MappedColumn, ...] = ()  # of views that have rows
    not_mapped: str = ""  # why no column could be mapped

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the stable JSON of `init`."""
        return [each.as_dict() for each in self.files]

    @property
    def missing(self) -> tuple[MappedColumn, ...]:
        """Return the columns that every row needs and nothing was found for."""
        return tuple(each for each in self.columns if each.is_required and not each.sql)

    @property
    def asks_zone(self) -> bool:
        """Return whether a column has times that do not say in which zone they are."""
        return any(" at time zone " in each.sql for each in self.columns)


def unknown(kind: str, name: str, known: Mapping[str, Any] | Sequence[str]) -> ChoiceError:
    """Return the error of a name that is not known, with the nearest one."""
    hint = f"{nearest(name, known)}; use one of {', '.join(known)}"
    return ChoiceError(f"there is no {kind} {name!r}{hint}")

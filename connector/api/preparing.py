"""Prepares a dbt project for its first run: settings, their schema, skeletons of the models."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from connector import scaffold
from connector.config import schema
from connector.config.config import destinations_path
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.exceptions import ChoiceError
from connector.source.project import project_directory
from connector.text.names import nearest

_CONFIG = "connector.yml"
_ORDERS = "orders"  # the model that skeletons read when none is named and the project has it


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file of the project; `status` is written, added to or kept."""

    path: str
    status: str

    def as_dict(self) -> dict[str, Any]:
        """Return the stable JSON of it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Choices:
    """What `init` can be given: destinations with their environments, and models."""

    destinations: Mapping[str, tuple[str, ...]]
    models: tuple[str, ...]

    @property
    def orders_model(self) -> str:
        """Return the model that `init` takes when it is given none, or an empty text."""
        return _ORDERS if _ORDERS in self.models else ""

    def check(self, destinations: Sequence[str]) -> None:
        """Raise ChoiceError for a destination that is not known, naming the nearest."""
        if not destinations:
            raise ChoiceError(
                f"no destination is named; name one of {', '.join(self.destinations)}"
            )
        for name in destinations:
            if name not in self.destinations:
                raise _unknown("destination", name, self.destinations)

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
    settings: str  # the lines of the destinations below `destinations:` of connector.yml

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the stable JSON of `init`."""
        return [each.as_dict() for each in self.files]


def init(
    project_dir: Path | str | None = None,
    *,
    destinations: Sequence[str],
    environment: str | None = None,
    orders_model: str | None = None,
    config: Path | str = _CONFIG,
    dry_run: bool = False,
) -> Preparation:
    """Write what a dbt project needs to send to some destinations; a `dry_run` writes nothing.

    Files that are there are kept. `orders_model` is the model with one row per order that the
    skeletons read; without it that is `orders`, if the project has it. Raises ChoiceError for a
    name that is not known, or ConnectorError.
    """
    directory, config = project_directory(_path(project_dir)), Path(config)
    project, known = scaffold.project(directory), _contracts(directory, config)
    choices = _choices(project, known)
    choices.check(destinations)
    chosen = [known[name] for name in dict.fromkeys(destinations)]
    environment = _environment(choices, destinations, environment)
    model = _orders_model(choices, orders_model)
    settings = scaffold.settings_files(known, chosen, environment, config)
    planned = scaffold.files(project, chosen, model, settings)
    if not dry_run:
        scaffold.write(project.directory, planned)
    variables = [name for each in chosen for name in scaffold.variables(each).values()]
    return Preparation(
        files=tuple(PreparedFile(str(each.path), each.change.value) for each in planned),
        environment=environment,
        variables=tuple(variables),
        settings="".join(scaffold.destination_yaml(each, environment) for each in chosen),
    )


def init_choices(project_dir: Path | str | None = None, config: Path | str = _CONFIG) -> Choices:
    """Return what `init` can be given; raises ConnectorError where there is no dbt project."""
    directory = project_directory(_path(project_dir))
    return _choices(scaffold.project(directory), _contracts(directory, Path(config)))


def schema_text(project_dir: Path | str | None = None, config: Path | str = _CONFIG) -> str:
    """Return the JSON Schema of connector.yml as text, the project's own destinations included.

    Editors complete and check connector.yml by it. Raises ConfigError or ContractError.
    """
    return schema.text(contracts(own_destinations(project_dir, config)))


def own_destinations(
    project_dir: Path | str | None, config: Path | str, *, is_needed: bool = False
) -> Path | None:
    """Return the folder of the project's own destinations, None where there is no such folder.

    Raises ConfigError, also for a connector.yml that is missing but `is_needed`.
    """
    path = project_directory(_path(project_dir)) / config
    return destinations_path(path) if path.exists() or is_needed else None


def _choices(project: scaffold.Project, known: Mapping[str, Contract]) -> Choices:
    environments = {name: tuple(each.environments) for name, each in known.items()}
    return Choices(environments, tuple(project.models))


def _contracts(directory: Path, config: Path) -> dict[str, Contract]:
    path, own = directory / config, directory / "destinations"
    if path.exists():
        return contracts(destinations_path(path))
    return contracts(own if own.is_dir() else None)


def _environment(choices: Choices, destinations: Sequence[str], given: str | None) -> str:
    known = choices.environments(destinations)
    if given is not None and given not in known:
        raise _unknown("environment", given, known)
    return given or known[0]


def _orders_model(choices: Choices, given: str | None) -> str | None:
    if given and given not in choices.models:
        hint = f"{nearest(given, choices.models)}; write it first, or name no model"
        raise ChoiceError(f"the dbt project has no model {given!r}{hint}")
    return (choices.orders_model if given is None else given) or None


def _unknown(kind: str, name: str, known: Mapping[str, Any] | Sequence[str]) -> ChoiceError:
    hint = f"{nearest(name, known)}; use one of {', '.join(known)}"
    return ChoiceError(f"there is no {kind} {name!r}{hint}")


def _path(given: Path | str | None) -> Path | None:
    return Path(given) if given else None

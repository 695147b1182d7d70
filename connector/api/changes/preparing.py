"""Prepares a dbt project for its first run: settings, their schema, skeletons of the models."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

from connector import scaffold
from connector.api.changes.preparation import (
    Choices,
    MappedColumn,
    Preparation,
    PreparedFile,
    unknown,
)
from connector.config.config import destinations_path
from connector.config.warehouse import warehouse_of
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.exceptions import (
    ChoiceError,
    ConfigError,
    ProjectError,
    WarehouseBusyError,
    WarehouseError,
)
from connector.source.project import Warehouse, from_dbt, project_directory
from connector.text.names import nearest
from connector.text.yaml_file import read

_CONFIG = "connector.yml"


def init(
    project_dir: Path | str | None = None,
    *,
    destinations: Sequence[str],
    environment: str | None = None,
    orders_model: str | None = None,
    lines_model: str | None = None,
    refunds_model: str | None = None,
    time_zone: str | None = None,
    columns: Mapping[str, str] | None = None,
    config: Path | str = _CONFIG,
    profiles_dir: Path | str | None = None,
    target: str | None = None,
    dry_run: bool = False,
) -> Preparation:
    """Write what a dbt project needs to send to some destinations; a `dry_run` writes nothing.

    The views are mapped from the columns that the models have in the warehouse; `time_zone` is that
    of times without one, and `columns` has SQL of columns (`column` or `view.column`). What is not
    given is as it was before, or the likeliest model; an empty name means no model. Files that
    somebody has written or edited are kept. Raises ChoiceError for a name that is not known, or
    ConnectorError.
    """
    directory, config = project_directory(_path(project_dir)), Path(config)
    project, known = scaffold.project(directory), _contracts(directory, config)
    choices = _choices(project, known)
    choices.check(destinations)
    chosen = [known[name] for name in dict.fromkeys(destinations)]
    environment = _environment(choices, destinations, environment)
    answers = _answers(choices, (orders_model, lines_model, refunds_model), time_zone, columns)
    dbt = (directory, _path(profiles_dir), target)
    views, not_mapped = _views(project, _place(directory / config, dbt), chosen, answers)
    settings = scaffold.settings_files(known, chosen, environment, config)
    planned = scaffold.files(project, views, settings)
    lacking = _lacking(directory / config, chosen, environment)
    if not dry_run:
        scaffold.write(project.directory, planned)
    return _prepared(planned, views, environment, lacking, not_mapped)


def init_choices(project_dir: Path | str | None = None, config: Path | str = _CONFIG) -> Choices:
    """Return what `init` can be given; raises ConnectorError where there is no dbt project."""
    directory = project_directory(_path(project_dir))
    return _choices(scaffold.project(directory), _contracts(directory, Path(config)))


def _choices(project: scaffold.Project, known: Mapping[str, Contract]) -> Choices:
    environments = {name: tuple(each.environments) for name, each in known.items()}
    own = {f"{name}__" for name in known}
    models = [name for name in project.models if not name.startswith(tuple(own))]
    before: dict[str, str] = {}
    made = scaffold.answered(project)
    for contract in known.values():
        for entity in contract.entities():
            role = scaffold.role_of(contract, entity)
            found = made.get(scaffold.model_name(contract, entity))
            if role and found and found.model:
                before.setdefault(role, found.model)
    return Choices(environments, tuple(models), before)


def _prepared(
    planned: Sequence[scaffold.File],
    views: Sequence[scaffold.View],
    environment: str,
    lacking: str,
    not_mapped: str,
) -> Preparation:
    chosen = {view.contract.destination: view.contract for view in views}
    variables = [name for each in chosen.values() for name in scaffold.variables(each).values()]
    return Preparation(
        files=tuple(PreparedFile(str(each.path), each.change.value) for each in planned),
        environment=environment,
        variables=tuple(variables),
        settings=lacking,
        columns=tuple(each for view in views for each in _mapped(view)),
        not_mapped=not_mapped,
    )


def _lacking(path: Path, chosen: Sequence[Contract], environment: str) -> str:
    """Return the lines of the chosen destinations that connector.yml has no account of."""
    has = (read(path, ConfigError, "").get("destinations") or {}) if path.exists() else {}
    missing = [each for each in chosen if each.destination not in has]
    return "".join(scaffold.destination_yaml(each, environment) for each in missing)


def _contracts(directory: Path, config: Path) -> Mapping[str, Contract]:
    path, own = directory / config, directory / "destinations"
    if path.exists():
        return contracts(destinations_path(path))
    return contracts(own if own.is_dir() else None)


def _environment(choices: Choices, destinations: Sequence[str], given: str | None) -> str:
    known = choices.environments(destinations)
    if given is not None and given not in known:
        raise unknown("environment", given, known)
    return given or known[0]


def _answers(
    choices: Choices,
    models: Sequence[str | None],
    zone: str | None,
    columns: Mapping[str, str] | None,
) -> scaffold.Answers:
    """Return what was said, and what is taken where nothing was; raises ChoiceError."""
    given = dict(zip(scaffold.ROLES, models, strict=True))
    chosen = {role: choices.model(role) if name is None else name for role, name in given.items()}
    for name in chosen.values():
        choices.check_model(name)
    if zone is not None and zone not in available_timezones():
        hint = f"{nearest(zone, available_timezones())}; name one as in 'America/New_York'"
        raise ChoiceError(f"there is no time zone {zone!r}{hint}")
    return scaffold.Answers(chosen, zone, columns or {})


def _place(config: Path, dbt: tuple[Path, Path | None, str | None]) -> Callable[[], Warehouse]:
    """Return what finds the warehouse: connector.yml, else dbt's project and profile."""
    named = warehouse_of(config)
    return partial(Warehouse, *named, models=None) if named else partial(from_dbt, *dbt)


def _views(
    project: scaffold.Project,
    place: Callable[[], Warehouse],
    chosen: Sequence[Contract],
    answers: scaffold.Answers,
) -> tuple[list[scaffold.View], str]:
    """Return all views, and why none of them could be mapped, if so."""
    before = scaffold.answered(project)

    def all_of(catalogue: scaffold.Catalogue) -> list[scaffold.View]:
        return [v for each in chosen for v in scaffold.views(each, catalogue, answers, before)]

    models = [*answers.models.values(), *(made.model for made in before.values())]
    try:
        with scaffold.catalogue(place(), [name for name in models if name]) as found:
            return all_of(found), ""
    except (ProjectError, WarehouseError, WarehouseBusyError) as error:
        return all_of(scaffold.Catalogue({})), str(error)


def _mapped(view: scaffold.View) -> Iterator[MappedColumn]:
    for each in view.columns if view.is_read or view.has_rows else ():
        facts = (each.column, each.is_required, each.source, each.sql, each.note)
        yield MappedColumn(view.name, *facts)


def _path(given: Path | str | None) -> Path | None:
    return Path(given) if given else None

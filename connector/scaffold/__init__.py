"""Prepares a dbt project for the connector: settings, model skeletons, lines of .gitignore.

Nothing that is there is ever overwritten.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from connector.config import schema
from connector.contract.contract import Contract
from connector.exceptions import ProjectError
from connector.scaffold.models import model_name, model_sql, model_yaml
from connector.scaffold.settings import destination_yaml, settings_yaml, variables
from connector.text.yaml_file import read

__all__ = [
    "Change",
    "File",
    "Project",
    "destination_yaml",
    "files",
    "project",
    "settings_files",
    "variables",
    "write",
]

_IGNORED = {
    ".connector/": "the ledger of `connector`: what was delivered",
    ".env": "keys",
}


class Change(Enum):
    """What is done to a file."""

    WRITE = "written"
    ADD = "added to"
    KEEP = "kept"


@dataclass(frozen=True, slots=True)
class File:
    """A file that is written, added to or left as it is; `path` is below the project."""

    path: Path
    change: Change
    text: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A dbt project, its model folders and the paths of its models by name."""

    directory: Path
    model_paths: Sequence[str]
    models: Mapping[str, Path]


def project(directory: Path) -> Project:
    """Read a dbt project; raises ProjectError when there is none."""
    settings: dict[str, Any] = read(
        directory / "dbt_project.yml",
        ProjectError,
        "go to a dbt project, make one with `dbt init`, or give --project-dir",
    )
    paths = settings.get("model-paths") or ["models"]
    found = (path for each in paths for path in sorted((directory / each).rglob("*")))
    models = {path.stem: path for path in found if path.suffix in {".sql", ".py"}}
    return Project(directory, paths, models)


def files(
    found: Project,
    contracts: Sequence[Contract],
    orders_model: str | None,
    settings: Mapping[Path, str],
) -> list[File]:
    """Return what is to be done; `orders_model` is the model that the skeletons read."""
    return [
        *(_new(found, path, text) for path, text in settings.items()),
        *(file for contract in contracts for file in _models(found, contract, orders_model)),
        _ignored(found.directory),
    ]


def settings_files(
    known: Mapping[str, Contract], chosen: Sequence[Contract], environment: str, config: Path
) -> dict[Path, str]:
    """Return connector.yml for the chosen destinations, and its schema for all that are known."""
    return {
        config: schema.POINTER + settings_yaml(chosen, environment),
        config.with_name(schema.FILE): schema.text(known),
    }


def write(directory: Path, planned: Sequence[File]) -> None:
    """Write the files and the folders that they need; raises ProjectError when one cannot be."""
    for file in planned:
        path = directory / file.path
        mode = {Change.WRITE: "x", Change.ADD: "a"}.get(file.change)
        if mode is None:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode, encoding="utf-8") as opened:
                opened.write(file.text)
        except OSError as error:
            raise ProjectError(
                f"{path} cannot be written ({error.strerror}); correct its permissions and try "
                "again, what was written stays"
            ) from error


def _new(found: Project, path: Path, text: str) -> File:
    there = (found.directory / path).exists()
    return File(path, Change.KEEP) if there else File(path, Change.WRITE, text)


def _models(found: Project, contract: Contract, orders_model: str | None) -> Iterator[File]:
    """Yield the models that dbt does not know by name yet, each with what describes it."""
    folder = Path(found.model_paths[0]) / "destinations" / contract.destination
    for entity in contract.entities():
        name = model_name(contract, entity)
        if name in found.models:
            yield File(found.models[name].relative_to(found.directory), Change.KEEP)
        else:
            yield _new(found, folder / f"{name}.sql", model_sql(contract, entity, orders_model))
            yield _new(found, folder / f"{name}.yml", model_yaml(contract, entity))


def _ignored(directory: Path) -> File:
    """Return the lines that .gitignore lacks."""
    path = directory / ".gitignore"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [line.strip() for line in text.splitlines()]
    missing = [name for name in _IGNORED if name not in lines and f"/{name}" not in lines]
    if not missing:
        return File(Path(".gitignore"), Change.KEEP)
    gap = "\n" if text and not text.endswith("\n") else ""
    added = "".join(f"# {_IGNORED[name]}\n{name}\n" for name in missing)
    return File(Path(".gitignore"), Change.ADD if text else Change.WRITE, gap + added)

"""Prepares a dbt project for the connector: settings, model skeletons, lines of .gitignore.

It never overwrites anything that a person has written or edited.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from connector.config import schema
from connector.contract.contract import Contract
from connector.exceptions import ProjectError
from connector.scaffold.catalogue import Catalogue, catalogue
from connector.scaffold.likely import ROLES, likely
from connector.scaffold.models import made_of, model_sql, model_yaml
from connector.scaffold.settings import destination_yaml, settings_yaml, variables
from connector.scaffold.views import Answers, Made, View, model_name, role_of, views
from connector.text.yaml_file import read

__all__ = [
    "ROLES",
    "Answers",
    "Catalogue",
    "Change",
    "File",
    "Made",
    "Project",
    "View",
    "answered",
    "catalogue",
    "destination_yaml",
    "files",
    "likely",
    "model_name",
    "project",
    "role_of",
    "settings_files",
    "variables",
    "views",
    "write",
]

_IGNORED = {
    ".connector/": "the ledger of `connector`: what was delivered",
    ".env": "keys",
}


class Change(Enum):
    """What happens to a file."""

    WRITE = "written"
    ADD = "added to"
    REPLACE = "renewed"  # it has not been edited since it was written
    KEEP = "kept"


@dataclass(frozen=True, slots=True)
class File:
    """A file that is written, extended or left alone; `path` is relative to the project."""

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
    """Read a dbt project; raises ProjectError if there is none."""
    settings: dict[str, Any] = read(
        directory / "dbt_project.yml",
        ProjectError,
        "go to a dbt project, make one with `dbt init`, or give --project-dir",
    )
    paths = settings.get("model-paths") or ["models"]
    found = (path for each in paths for path in sorted((directory / each).rglob("*")))
    models = {path.stem: path for path in found if path.suffix in {".sql", ".py"}}
    return Project(directory, paths, models)


def files(found: Project, planned: Sequence[View], settings: Mapping[Path, str]) -> list[File]:
    """Return the files that views and settings need."""
    return [
        *(_new(found, path, text) for path, text in settings.items()),
        *(file for view in planned for file in _models(found, view)),
        _ignored(found.directory),
    ]


def answered(found: Project) -> dict[str, Made]:
    """Return the answers behind models that `init` wrote and that were not edited since."""
    texts = {name: path for name, path in found.models.items() if "__" in name}
    read_back = {name: made_of(path.read_text(encoding="utf-8")) for name, path in texts.items()}
    return {name: each for name, each in read_back.items() if each is not None}


def settings_files(
    known: Mapping[str, Contract], chosen: Sequence[Contract], environment: str, config: Path
) -> dict[Path, str]:
    """Return connector.yml for the chosen destinations, and its schema for all known ones."""
    return {
        config: schema.POINTER + settings_yaml(chosen, environment),
        config.with_name(schema.FILE): schema.text(known),
    }


def write(directory: Path, planned: Sequence[File]) -> None:
    """Write the files and their folders; raises ProjectError when one cannot be written."""
    for file in planned:
        path = directory / file.path
        mode = {Change.WRITE: "x", Change.ADD: "a", Change.REPLACE: "w"}.get(file.change)
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


def _models(found: Project, view: View) -> Iterator[File]:
    """Yield a view's model and its YAML; edited files are kept."""
    folder = Path(found.model_paths[0]) / "destinations" / view.contract.destination
    text = model_sql(view)
    if view.name not in found.models:
        yield _new(found, folder / f"{view.name}.sql", text)
        described = model_yaml(view.contract, view.entity)
        yield _new(found, folder / f"{view.name}.yml", described)
        return
    path = found.models[view.name]
    there, place = path.read_text(encoding="utf-8"), path.relative_to(found.directory)
    is_kept = there == text or made_of(there) is None
    yield File(place, Change.KEEP) if is_kept else File(place, Change.REPLACE, text)


def _ignored(directory: Path) -> File:
    """Return .gitignore with the missing lines."""
    path = directory / ".gitignore"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [line.strip() for line in text.splitlines()]
    missing = [name for name in _IGNORED if name not in lines and f"/{name}" not in lines]
    if not missing:
        return File(Path(".gitignore"), Change.KEEP)
    gap = "\n" if text and not text.endswith("\n") else ""
    added = "".join(f"# {_IGNORED[name]}\n{name}\n" for name in missing)
    return File(Path(".gitignore"), Change.ADD if text else Change.WRITE, gap + added)

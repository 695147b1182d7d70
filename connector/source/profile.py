"""Reads the parts of a dbt profile's target that the connector needs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connector.exceptions import ProjectError
from connector.source.dbt.template import render
from connector.source.server import ALIASES, POSTGRES, Server, Wrong, server
from connector.source.spark.cluster import SPARK, SWITCH, Cluster, cluster
from connector.text.names import nearest
from connector.text.secret import Secret
from connector.text.yaml_file import Section, read

_INSTEAD = {name: f"the {name} of the target" for name in ("password", "token")}  # in messages
_SETTINGS = ("settings", "config_options")  # sections of a target that configure dbt's sessions
_NO_FILE = {
    ":memory:": "kept in memory, and gone when dbt ends",
    "md:": "MotherDuck",
    "motherduck:": "MotherDuck",
    "ducklake:": "DuckLake",
}


@dataclass(frozen=True, slots=True)
class Output:
    """A target of a profile: its name, its warehouse, and the schema of its models."""

    target: str
    place: Path | Server | Cluster  # the path of a DuckDB file as it stands there
    schema: str


def target_of(
    project: Mapping[str, Any], project_dir: Path, profiles_dir: Path | None, target: str | None
) -> Output:
    """Return the target that dbt would use.

    As in dbt, DBT_PROFILE and DBT_TARGET apply when no option is given. Raises ProjectError that
    names profiles.yml and the fault in it.
    """
    path, chosen, output = _output(project, project_dir, profiles_dir, target)
    return _of_output(path, chosen, output)


def time_zone(
    project: Mapping[str, Any], project_dir: Path, profiles_dir: Path | None, target: str | None
) -> str | None:
    """Return the time zone that the target sets for dbt's sessions, None when it sets none.

    Raises as `target_of` does.
    """
    path, _, output = _output(project, project_dir, profiles_dir, target)
    for section in map(output.section, _SETTINGS):
        for key, value in section.values.items():
            if str(key).lower() == "timezone":
                return render(path, str(value))
    return None


def _output(
    project: Mapping[str, Any], project_dir: Path, profiles_dir: Path | None, target: str | None
) -> tuple[Path, str, Section]:
    """Return the path of profiles.yml, the name of the target, and its section."""
    path = profiles_path(project_dir, profiles_dir)
    next_step = "give --profiles-dir, or set `warehouse:` in connector.yml"
    profiles = Section(path, "", read(path, ProjectError, next_step), ProjectError)
    written = str(project.get("profile", ""))
    name = os.environ.get("DBT_PROFILE") or render(project_dir / "dbt_project.yml", written)
    if name not in profiles.values:
        hint = f"{nearest(name, profiles.values)}; write it, as dbt_project.yml asks for it"
        raise ProjectError(f"{path}: there is no profile {name!r}{hint}")
    profile = profiles.section(name)
    outputs = profile.section("outputs")
    chosen = target or os.environ.get("DBT_TARGET")
    chosen = chosen or render(path, profile.text("target", "default"))
    if chosen not in outputs.values:
        hint = f"{nearest(chosen, outputs.values)}; write it, or choose another with --target"
        raise ProjectError(f"{path}: profile {name!r} has no target {chosen!r}{hint}")
    return path, chosen, outputs.section(chosen)


def profiles_path(project_dir: Path, profiles_dir: Path | None) -> Path:
    """Search where dbt does: the option, DBT_PROFILES_DIR, the project, the home directory."""
    named = profiles_dir or os.environ.get("DBT_PROFILES_DIR")
    places = [Path(named)] if named else [project_dir, Path.home() / ".dbt"]
    paths = [place / "profiles.yml" for place in places]
    return next((path for path in paths if path.exists()), paths[0])


def _of_output(path: Path, target: str, output: Section) -> Output:
    # Read only the keys we need; others may reference unset variables.
    kind = render(path, output.text("type", ""))
    if kind == POSTGRES:
        return Output(target, _server(path, target, output), _text(path, output, "schema"))
    if kind == SPARK:
        return Output(target, _cluster(path, target, output), _text(path, output, "schema"))
    file = render(path, output.text("path", ""))
    what = no_file(file) if kind == "duckdb" else kind or "of no type"
    if what or not file:
        raise ProjectError(
            f"{path}: target {target!r} is {what or 'without a path'}, and only a DuckDB file, "
            "PostgreSQL and Spark are read; choose another with --target, or set `warehouse:` in "
            "connector.yml"
        )
    return Output(target, Path(file), render(path, output.text("schema", "main")))


def _server(path: Path, target: str, output: Section) -> Server:
    wrong = _wrong(path, target, output)
    found = server(lambda key, default: _text(path, output, key) or default, wrong)
    password = _text(path, output, "password")
    return replace(found, secret=Secret(password) if password else None)


def _cluster(path: Path, target: str, output: Section) -> Cluster:
    wrong, is_encrypted = _wrong(path, target, output), output.values.get(SWITCH) is True

    def text(key: str, default: str) -> str:
        return _text(path, output, key) or default

    token = _text(path, output, "token")
    found = cluster(text, wrong, is_encrypted=is_encrypted)
    return replace(found, secret=Secret(token) if token else None)


def _wrong(path: Path, target: str, output: Section) -> Wrong:
    """Return what makes the error for a key, when there is a schema."""

    def wrong(key: str, advice: str) -> ProjectError:
        return ProjectError(f"{path}: target {target!r}: {key} {advice}")

    if not _text(path, output, "schema"):
        raise wrong("schema", "is missing; add it")
    return wrong


def _text(path: Path, output: Section, key: str) -> str:
    """Return the text of a key or of its alias, which in dbt may be a number; empty without it."""
    names = (key, *(alias for alias, name in ALIASES.items() if name == key))
    value = next((output.values[name] for name in names if output.values.get(name) is not None), "")
    if isinstance(value, bool | list | dict):
        raise output.wrong(key, "must be a text; put it in quotes")
    return render(path, str(value), _INSTEAD.get(key, ""))


def no_file(path: str) -> str:
    """Return what a path of DuckDB means when it is not a file, else an empty text."""
    return next((what for start, what in _NO_FILE.items() if path.startswith(start)), "")

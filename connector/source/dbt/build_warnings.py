"""Reads the warnings of the last `dbt build`: tests on values, which never fail a build."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from connector.exceptions import ModelError, ProjectError
from connector.fit.judge import counted
from connector.source.opening import reading
from connector.source.project import Warehouse, manifest_path
from connector.source.reader import Reader
from connector.text.yaml_file import read

_SHOWN = 20  # values that a warning names


@dataclass(frozen=True, slots=True)
class BuildWarning:
    """A test that warned, the number of rows found, and the values found with their counts."""

    test: str
    rows: int
    values: Sequence[tuple[str | None, int]] = ()


def build_warnings(warehouse: Warehouse, project_dir: Path) -> list[BuildWarning]:
    """Return the warnings of the last dbt command that ran tests; an empty list without results.

    Values are known for tests that store failures as a view of two columns, a text and a count.
    """
    results = [result for result in _results(project_dir) if result.get("status") == "warn"]
    if not results:
        return []
    with duckdb.connect() as connection, reading(connection, warehouse) as reader:
        return [_warning(reader, result) for result in results]


def _results(project_dir: Path) -> Sequence[Mapping[str, Any]]:
    try:
        project = read(project_dir / "dbt_project.yml", ProjectError, "")
        path = manifest_path(project_dir, project).with_name("run_results.json")
        found: Sequence[Mapping[str, Any]] = json.loads(path.read_bytes())["results"]
    except (ProjectError, OSError, ValueError, KeyError, TypeError):
        return ()
    return found


def _warning(reader: Reader, result: Mapping[str, Any]) -> BuildWarning:
    name = str(result["unique_id"]).split(".")[2]
    return BuildWarning(name, int(result.get("failures") or 0), _values(reader, result))


def _values(reader: Reader, result: Mapping[str, Any]) -> Sequence[tuple[str | None, int]]:
    stored = result.get("relation_name")
    if not stored:
        return ()
    try:
        view = reader.connection.sql(counted(reader.first(str(stored), _SHOWN), ["*"]))
    except (duckdb.Error, ModelError):  # it has been rebuilt or removed since
        return ()
    kinds = [str(kind) for kind in view.types]
    is_counted = kinds == ["VARCHAR", "BIGINT"]
    return view.fetchall() if is_counted else ()

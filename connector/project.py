"""Finds the warehouse: from the dbt project's profile and manifest, or from connector.yml."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import ProjectError
from connector.profile import target_of
from connector.yaml_file import read


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a model lives in the warehouse."""

    database: str
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A DuckDB file and where its models are; without a manifest every model is in one schema."""

    path: Path
    schema: str
    models: Mapping[str, Relation] | None

    @property
    def database(self) -> str:
        """Return the name to attach the file under: the one that dbt's views call it by."""
        databases = [relation.database for relation in (self.models or {}).values()]
        return max(set(databases), key=databases.count) if databases else self.path.stem

    def relation(self, model: str) -> Relation | None:
        """Return where a model is, or None when the manifest does not know it."""
        if self.models is None:
            return Relation(self.database, self.schema, model)
        return self.models.get(model)


def from_dbt(project_dir: Path, profiles_dir: Path | None, target: str | None) -> Warehouse:
    """Read dbt_project.yml, profiles.yml and the manifest.

    Raises ProjectError naming the file and the next step.
    """
    next_step = "give --project-dir, or set `warehouse:` in connector.yml"
    project = read(project_dir / "dbt_project.yml", ProjectError, next_step)
    output = target_of(project, project_dir, profiles_dir, target)
    path = Path(output["path"])
    return Warehouse(
        path if path.is_absolute() else Path.cwd() / path if path.exists() else project_dir / path,
        output["schema"],
        _models(manifest_path(project_dir, project)),
    )


def manifest_path(project_dir: Path, project: Mapping[str, Any]) -> Path:
    """Return where dbt writes the manifest; `project` is what dbt_project.yml holds."""
    target_dir = os.environ.get("DBT_TARGET_PATH") or project.get("target-path") or "target"
    return project_dir / target_dir / "manifest.json"


def _models(path: Path) -> dict[str, Relation]:
    """Return where the manifest says that each model is."""
    try:
        nodes = [
            node
            for node in json.loads(path.read_bytes())["nodes"].values()
            if node["resource_type"] in {"model", "seed", "snapshot"}
        ]
        return {
            node["name"]: Relation(
                node["database"], node["schema"], node.get("alias") or node["name"]
            )
            for node in nodes
        }
    except FileNotFoundError as error:
        raise ProjectError(
            f"{path} does not exist; run `dbt build` first, or set `warehouse:` in connector.yml"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProjectError(
            f"{path} is not a dbt manifest; run `dbt build` to write it again"
        ) from error

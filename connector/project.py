"""Finds the warehouse: from the dbt project's profile and manifest, or from connector.yml."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import ProjectError
from connector.names import nearest
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

    def relation(self, model: str) -> Relation | None:
        """Return where a model is, or None when the manifest does not know it."""
        if self.models is None:
            return Relation(self.path.stem, self.schema, model)
        return self.models.get(model)


def from_dbt(project_dir: Path, profiles_dir: Path | None, target: str | None) -> Warehouse:
    """Read dbt_project.yml, profiles.yml and the manifest.

    Raises ProjectError naming the file and the next step.
    """
    next_step = "give --project-dir, or set `warehouse:` in connector.yml"
    project = read(project_dir / "dbt_project.yml", ProjectError, next_step)
    output = _output(project, _profiles_path(project_dir, profiles_dir), target)
    path = Path(output["path"])
    target_dir = Path(os.environ.get("DBT_TARGET_PATH") or project.get("target-path") or "target")
    return Warehouse(
        path if path.is_absolute() else Path.cwd() / path if path.exists() else project_dir / path,
        output.get("schema", "main"),
        _models(project_dir / target_dir / "manifest.json"),
    )


def _profiles_path(project_dir: Path, profiles_dir: Path | None) -> Path:
    """Look where dbt looks: the option, DBT_PROFILES_DIR, the project, the home directory."""
    named = profiles_dir or (
        Path(os.environ["DBT_PROFILES_DIR"]) if "DBT_PROFILES_DIR" in os.environ else None
    )
    places = [named] if named else [project_dir, Path.home() / ".dbt"]
    return next(
        (p for place in places if (p := place / "profiles.yml").exists()),
        places[0] / "profiles.yml",
    )


def _output(project: Mapping[str, Any], path: Path, target: str | None) -> dict[str, Any]:
    next_step = "give --profiles-dir, or set `warehouse:` in connector.yml"
    profiles = read(path, ProjectError, next_step)
    name = project.get("profile", "")
    if name not in profiles:
        hint = f"{nearest(name, profiles)}; dbt_project.yml asks for it"
        raise ProjectError(f"{path}: there is no profile {name!r}{hint}")
    outputs = profiles[name].get("outputs", {})
    chosen = target or _render(path, str(profiles[name].get("target", "default")))
    if chosen not in outputs:
        raise ProjectError(
            f"{path}: profile {name!r} has no target {chosen!r}{nearest(chosen, outputs)}"
        )
    output = {key: _render(path, value) for key, value in outputs[chosen].items()}
    if output.get("type") != "duckdb" or "path" not in output:
        raise ProjectError(
            f"{path}: target {chosen!r} is not a DuckDB file; the connector reads DuckDB warehouses"
        )
    return output


def _render(path: Path, value: Any) -> Any:
    """Fill in `env_var(...)` as dbt does."""
    if not isinstance(value, str) or "{{" not in value:
        return value
    from jinja2 import TemplateError  # noqa: PLC0415 - start-up time
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    def env_var(name: str, default: str | None = None) -> str:
        found = os.environ.get(name, default)
        if found is None:
            raise ProjectError(
                f"{path}: the environment variable {name} is not set; export it and try again"
            )
        return found

    try:
        return SandboxedEnvironment().from_string(value).render(env_var=env_var)
    except TemplateError as error:
        raise ProjectError(f"{path}: {value!r} cannot be rendered: {error}") from error


def _models(path: Path) -> dict[str, Relation]:
    try:
        nodes = json.loads(path.read_bytes())["nodes"].values()
    except FileNotFoundError as error:
        raise ProjectError(
            f"{path} does not exist; run `dbt build` first, or set `warehouse:` in connector.yml"
        ) from error
    except (ValueError, KeyError) as error:
        raise ProjectError(
            f"{path} is not a dbt manifest; run `dbt build` to write it again"
        ) from error
    return {
        node["name"]: Relation(node["database"], node["schema"], node.get("alias") or node["name"])
        for node in nodes
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }

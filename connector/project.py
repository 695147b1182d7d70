"""Finds the warehouse: from the dbt project's profile and manifest, or from connector.yml."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from connector.errors import ProjectError
from connector.names import nearest


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
    """Read dbt_project.yml, profiles.yml and the manifest; raises ProjectError naming the file and the next step."""
    project = _yaml(
        project_dir / "dbt_project.yml", "give --project-dir, or set `warehouse:` in connector.yml"
    )
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
    profiles = _yaml(path, "give --profiles-dir, or set `warehouse:` in connector.yml")
    name = project.get("profile", "")
    if name not in profiles:
        message = f"{path}: there is no profile {name!r}{nearest(name, profiles)}; dbt_project.yml asks for it"
        raise ProjectError(message)
    outputs = profiles[name].get("outputs", {})
    chosen = target or _render(path, str(profiles[name].get("target", "default")))
    if chosen not in outputs:
        message = f"{path}: profile {name!r} has no target {chosen!r}{nearest(chosen, outputs)}"
        raise ProjectError(message)
    output = {key: _render(path, value) for key, value in outputs[chosen].items()}
    if output.get("type") != "duckdb" or "path" not in output:
        message = (
            f"{path}: target {chosen!r} is not a DuckDB file; the connector reads DuckDB warehouses"
        )
        raise ProjectError(message)
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
            message = f"{path}: the environment variable {name} is not set; export it and try again"
            raise ProjectError(message)
        return found

    try:
        return SandboxedEnvironment().from_string(value).render(env_var=env_var)
    except TemplateError as error:
        message = f"{path}: {value!r} cannot be rendered: {error}"
        raise ProjectError(message) from error


def _models(path: Path) -> dict[str, Relation]:
    try:
        nodes = json.loads(path.read_bytes())["nodes"].values()
    except FileNotFoundError as error:
        message = (
            f"{path} does not exist; run `dbt build` first, or set `warehouse:` in connector.yml"
        )
        raise ProjectError(message) from error
    except (ValueError, KeyError) as error:
        message = f"{path} is not a dbt manifest; run `dbt build` to write it again"
        raise ProjectError(message) from error
    return {
        node["name"]: Relation(node["database"], node["schema"], node.get("alias") or node["name"])
        for node in nodes
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }


def _yaml(path: Path, next_step: str) -> dict[str, Any]:
    try:
        values = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        message = f"{path} does not exist; {next_step}"
        raise ProjectError(message) from error
    except yaml.YAMLError as error:
        message = f"{path} is not valid YAML: {error}"
        raise ProjectError(message) from error
    if not isinstance(values, dict):
        message = f"{path} is empty; {next_step}"
        raise ProjectError(message)
    return values

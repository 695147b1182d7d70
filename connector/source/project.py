"""Finds the warehouse: from the dbt project's profile and manifest, or from connector.yml."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.exceptions import ProjectError
from connector.source.dbt.template import render
from connector.source.profile import Output, target_of
from connector.source.server import Server
from connector.source.spark.cluster import Cluster
from connector.text.yaml_file import read

if TYPE_CHECKING:  # only a project of dbt has such sources
    from connector.source.dbt.freshness import Late

Node = Mapping[str, Any]  # of a dbt manifest


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a model lives in the warehouse."""

    database: str
    schema: str
    name: str
    materialized: str = "view"  # as dbt calls it; an ephemeral model is not in the warehouse


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A DuckDB file, a server or a cluster, and its models; without a manifest, in one schema.

    Its text is the path of the file, or the address of the server without its password.
    """

    place: Path | Server | Cluster
    schema: str
    models: Mapping[str, Relation] | None
    wait: float | None = None  # seconds to wait for a process that holds the file, or for a lock
    late: "Sequence[Late]" = ()  # sources of dbt whose last load is too old

    def __str__(self) -> str:
        """Return what messages call it."""
        return str(self.place)

    @property
    def file(self) -> Path | None:
        """Return the DuckDB file, None when the warehouse is a server."""
        return self.place if isinstance(self.place, Path) else None

    @property
    def database(self) -> str:
        """Return the database of the server, or the name to attach the file under.

        That is the one that dbt's views use. In Spark dbt knows none.
        """
        if isinstance(self.place, Server):
            return self.place.database
        if isinstance(self.place, Cluster):
            return ""
        databases = [relation.database for relation in (self.models or {}).values()]
        return max(set(databases), key=databases.count) if databases else self.place.stem

    def late_above(self, models: Collection[str]) -> dict[str, str]:
        """Return the late sources that models depend on, each with its description."""
        return {each.source: each.words for each in self.late if not each.models.isdisjoint(models)}

    def relation(self, model: str) -> Relation | None:
        """Return the relation of a model, or None when the manifest does not list it."""
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
    models, found = _read(manifest_path(project_dir, project), output)
    place = _file(project_dir, output.place) if isinstance(output.place, Path) else output.place
    return Warehouse(place, output.schema, models, late=found)


def _file(project_dir: Path, path: Path) -> Path:
    """Return the file of a path, which dbt takes from where it runs."""
    here = Path.cwd() / path
    return here if here.exists() or path.is_absolute() else project_dir / path


def project_directory(given: Path | None) -> Path:
    """Return the directory of the project: as given, by DBT_PROJECT_DIR, or a parent directory.

    As in dbt, it is the nearest one with a dbt_project.yml; a connector.yml is enough.
    """
    named = given or os.environ.get("DBT_PROJECT_DIR")
    if named:
        return Path(named)
    here = Path.cwd()
    names = ("dbt_project.yml", "connector.yml")
    found = (
        each for each in (here, *here.parents) if any((each / name).exists() for name in names)
    )
    nearest = next(found, here)
    return Path() if nearest == here else nearest


def manifest_path(project_dir: Path, project: Mapping[str, Any]) -> Path:
    """Return where dbt writes the manifest; `project` is the content of dbt_project.yml."""
    written = render(project_dir / "dbt_project.yml", str(project.get("target-path") or "target"))
    return project_dir / (os.environ.get("DBT_TARGET_PATH") or written) / "manifest.json"


def _check_target(path: Path, nodes: Sequence[Node], output: Output) -> None:
    """Raise ProjectError when another target wrote the manifest.

    The manifest does not name its target, but the results that dbt writes beside it do. Without
    them, compare the schemas, which by default begin with that of the target.
    """
    written = _target_of_last_run(path)
    schemas = set(filter(None, map(_schema_of_target, nodes)))
    is_own = written == output.target if written else output.schema in schemas or not schemas
    if not is_own:
        wrote = f"target {written!r}" if written else f"another target than {output.target!r}"
        raise ProjectError(
            f"{path} was written by {wrote}; run `dbt build --target {output.target}` first"
        )


def _schema_of_target(node: Node) -> str | None:
    """Return the target's schema for which a model was built, None when it is not known."""
    own = node.get("config", {"schema": ""}).get("schema")
    if own is None:
        return str(node["schema"])
    prefix, found, _ = str(node["schema"]).rpartition(f"_{own}")
    return prefix if found and own else None


def _target_of_last_run(path: Path) -> str | None:
    """Return the target of the dbt command that wrote the manifest, if it left its results."""
    try:
        manifest = json.loads(path.read_bytes())["metadata"]["invocation_id"]
        results = json.loads((path.parent / "run_results.json").read_bytes())
        if results["metadata"]["invocation_id"] != manifest:
            return None
        target = results["args"].get("target")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return target if isinstance(target, str) else None


def _relation(node: Node) -> Relation:
    kind = (node.get("config") or {}).get("materialized") or "view"
    return Relation(node["database"] or "", node["schema"], node.get("alias") or node["name"], kind)


def _read(path: Path, output: Output) -> "tuple[dict[str, Relation], list[Late]]":
    """Return the relation of each model in the manifest, and the late sources.

    A model with versions stands for the latest one, as in ref().
    """
    try:
        manifest = json.loads(path.read_bytes())
        nodes = [
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] in {"model", "seed", "snapshot"}
            and node.get("version") == node.get("latest_version")
        ]
        _check_target(path, nodes, output)
        from connector.source.dbt.freshness import late  # noqa: PLC0415 - start-up time

        found = late(path, manifest, datetime.now(UTC))
        return {node["name"]: _relation(node) for node in nodes}, found
    except FileNotFoundError as error:
        raise ProjectError(
            f"{path} does not exist; run `dbt build` first, or set `warehouse:` in connector.yml"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProjectError(
            f"{path} is not a dbt manifest; run `dbt build` to write it again"
        ) from error

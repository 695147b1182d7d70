"""Checks of what is read from files: connector.yml, the dbt project, its profile and manifest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Subject
from connector.source.profile import target_of

_NOT_ASKED = "not needed: connector.yml names the warehouse"
_SHOWN = 3  # models that are named


def settings(subject: Subject) -> Iterator[Result]:
    """Check that connector.yml is valid."""
    config, _ = subject.configuration()
    named = (f"{each.name} ({each.scope})" for each in config.destinations.values())
    yield ok(f"{config.path}: {', '.join(named)}")


def dbt_project(subject: Subject) -> Iterator[Result]:
    """Check that there is a dbt project."""
    found = subject.dbt_project()
    yield skipped(_NOT_ASKED) if found is None else ok(f"{found.get('name', 'without a name')}")


def profile(subject: Subject) -> Iterator[Result]:
    """Check that the profile has the target, and that it is a DuckDB file."""
    found, options = subject.dbt_project(), subject.options
    if found is None:
        yield skipped(_NOT_ASKED)
        return
    output = target_of(found, options.project_dir, options.profiles_dir, options.target)
    yield ok(f"{output['path']}, schema {output['schema']} (target {output['target']})")


def manifest(subject: Subject) -> Iterator[Result]:
    """Check that the manifest knows the models as they are now."""
    if subject.dbt_project() is None:
        yield skipped(_NOT_ASKED)
        return
    subject.warehouse()  # which reads it, and says what is wrong with it
    nodes = json.loads(subject.manifest().read_bytes())["nodes"].values()
    models = [node for node in nodes if node["resource_type"] == "model"]
    stale = sorted(set(_changed(subject, models)) | set(_unknown(subject, models)))
    if stale:
        more = f" and {len(stale) - _SHOWN} more" if len(stale) > _SHOWN else ""
        yield failed(
            f"{subject.manifest()} is older than {', '.join(stale[:_SHOWN])}{more}; run `dbt build`"
        )
    else:
        yield ok(f"{len(models)} models, all as they were when dbt last ran")


def _own(subject: Subject, models: list[dict[str, Any]]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the path of each model of the project itself, packages left out."""
    name = (subject.dbt_project() or {}).get("name")
    for model in models:
        if model.get("package_name") == name:
            yield Path(model["original_file_path"]), model


def _changed(subject: Subject, models: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the files that are gone or are not what dbt has read."""
    for path, model in _own(subject, models):
        here = subject.options.project_dir / path
        if not here.exists() or not _same(here, model.get("checksum", {})):
            yield str(path)


def _same(path: Path, checksum: Mapping[str, str]) -> bool:
    # dbt takes the sum of the text without the white space around it.
    text = path.read_text(encoding="utf-8").strip()
    known = checksum.get("name") == "sha256"
    return not known or hashlib.sha256(text.encode()).hexdigest() == checksum["checksum"]


def _unknown(subject: Subject, models: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the models on disk that the manifest does not have."""
    root = subject.options.project_dir
    disabled = json.loads(subject.manifest().read_bytes()).get("disabled") or {}
    off = {Path(node["original_file_path"]) for nodes in disabled.values() for node in nodes}
    known = {path for path, _ in _own(subject, models)} | off
    for directory in (subject.dbt_project() or {}).get("model-paths", ["models"]):
        for path in (root / directory).rglob("*.sql"):
            if path.relative_to(root) not in known:
                yield str(path.relative_to(root))


CHECKS: Group[Subject] = {
    "settings": settings,
    "dbt project": dbt_project,
    "dbt profile": profile,
    "manifest": manifest,
}

"""Checks of what is read from files: connector.yml, the dbt project, its profile and manifest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from connector.doctor import placeholders
from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Subject
from connector.reporting.monitoring import webhook
from connector.source.dbt import freshness
from connector.source.profile import target_of
from connector.source.profile import time_zone as profile_zone
from connector.sql import Statements
from connector.text.plural import counted
from connector.text.variable import origin, value

statement = Statements(__file__)

_NOT_ASKED = "not needed: connector.yml names the warehouse"
_SHOWN = 3  # models that are named
_IN_UTC = "set `settings: {TimeZone: UTC}` in the target, and run `dbt build`"


def settings(subject: Subject) -> Iterator[Result]:
    """Check that connector.yml is valid."""
    config, _ = subject.configuration()
    named = (f"{each.name} ({each.scope.environment})" for each in config.destinations.values())
    yield ok(f"{config.path}: {', '.join(named)}")


def dbt_project(subject: Subject) -> Iterator[Result]:
    """Check that there is a dbt project."""
    found = subject.dbt_project()
    yield skipped(_NOT_ASKED) if found is None else ok(f"{found.get('name', 'without a name')}")


def profile(subject: Subject) -> Iterator[Result]:
    """Check that the profile has the target, and that it is a warehouse that can be read."""
    found, options = subject.dbt_project(), subject.options
    if found is None:
        yield skipped(_NOT_ASKED)
        return
    output = target_of(found, options.project_dir, options.profiles_dir, options.target)
    yield ok(f"{output.place}, schema {output.schema} (target {output.target})")


def time_zone(subject: Subject) -> Iterator[Result]:
    """Check that dbt reads times as the connector does: in UTC where they have no zone."""
    found, options = subject.dbt_project(), subject.options
    if found is None:
        yield skipped(_NOT_ASKED)
        return
    place = (options.project_dir, options.profiles_dir, options.target)
    if not isinstance(target_of(found, *place).place, Path):
        yield skipped("not needed: of a server only times with a zone are read")
        return
    zone, where = profile_zone(found, *place), "as profiles.yml sets it"
    with duckdb.connect() as connection:
        if zone is None:
            zone, where = _own_zone(connection), "as this machine is, since profiles.yml sets none"
        try:
            hours = connection.execute(statement("time_zone"), {"zone": zone}).fetchall()[0][0]
        except duckdb.Error:
            yield failed(f"profiles.yml sets the time zone {zone!r}, which is none; {_IN_UTC}")
            return
    if hours:
        apart = f"dbt's sessions are in {zone} ({where}), the connector's in UTC"
        shift = f"a time without a zone shifts by up to {hours:g} hours between them"
        yield failed(f"{apart}: {shift}; {_IN_UTC}")
    else:
        yield ok(f"dbt's sessions are in {zone}, {where}")


def _own_zone(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the time zone that a session has when nothing sets another."""
    return str(connection.execute("select current_setting('TimeZone')").fetchall()[0][0])


def sources(subject: Subject) -> Iterator[Result]:
    """Check what `dbt source freshness` has found, where it was run."""
    if subject.dbt_project() is None:
        yield skipped(_NOT_ASKED)
        return
    found, at = freshness.sources(subject.manifest().with_name("sources.json")), datetime.now(UTC)
    current = [source for source in found if not freshness.is_old(source, at)]
    late = [source for source in current if source.status in freshness.LATE]
    for source in late:
        yield failed(f"{source.words()}; look at what loads it")
    if not found:
        yield skipped("`dbt source freshness` was not run here")
    elif not current:
        yield skipped("`dbt source freshness` was not run for more than 2 days")
    elif not late:
        yield ok(f"{counted(len(current), 'source')}, none of them late")


def webhooks(subject: Subject) -> Iterator[Result]:
    """Check that the webhooks can be called; nothing is posted, and no URL is shown."""
    config, _ = subject.configuration()
    given = {"on_failure": config.on_failure, "on_success": config.on_success}
    for key, variable in given.items():
        if variable:
            url = value(variable)
            wrong = webhook.problem(url)
            if not wrong and placeholders.in_url(url):
                wrong = "has a placeholder in its URL; export the one that you were given"
            told = f"{key}: {origin(variable)}"
            yield failed(f"{told} {wrong}") if wrong else ok(f"{key}: {variable} is set")
    if not any(given.values()):
        yield skipped("connector.yml names no webhook, so nobody is notified of failures")


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
    "webhooks": webhooks,
    "dbt profile": profile,
    "time zone": time_zone,
    "manifest": manifest,
    "dbt sources": sources,
}

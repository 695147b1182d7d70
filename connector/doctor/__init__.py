"""Examines everything that a run needs, and changes nothing; one module a group of checks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from connector.doctor import api, installation, project, storage, views
from connector.doctor.finding import Finding, Status, findings
from connector.doctor.subject import Subject, Target
from connector.exceptions import ConnectorError
from connector.runs.workspace import Account, Options, chosen

__all__ = ["Finding", "Status", "examine"]


def examine(
    options: Options, names: Sequence[str], metrics: Path | None = None
) -> Iterator[Finding]:
    """Yield what every check finds, those of the named destinations or of all that are configured.

    `metrics` is the file that runs write for Prometheus, if they do. Raises ConfigError when a
    destination is named that is not configured.
    """
    subject, causes = Subject(options, metrics), dict[str, tuple[str, str]]()
    targets = _targets(subject, names)
    yield from findings("installation", installation.CHECKS, subject, causes)
    yield from findings("project", project.CHECKS, subject, causes)
    yield from findings("files", storage.CHECKS, subject, causes)
    for target in targets:
        name = target.destination.name
        yield from findings(name, views.CHECKS, target, causes)
        yield from findings(name, api.CHECKS, api.Api(target), causes)


def _targets(subject: Subject, names: Sequence[str]) -> list[Target]:
    """Return the destinations; none when connector.yml cannot be read, which a check tells."""
    try:
        config, known = subject.configuration()
    except ConnectorError:
        return []
    found = chosen(config, names)
    return [Target(subject, Account(config, known[each.contract], each)) for each in found]

"""`connector doctor`: find what prevents a run."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from connector import Finding
from connector.cli import shared
from connector.cli.output.terminal import say

_SIGNS = {"ok": "✓", "failed": "✗", "skipped": "·"}
_PLAIN = {"ok": "ok", "failed": "FAILED", "skipped": "-"}
_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}


@click.command("doctor")
@shared.destinations
@shared.environment
@shared.metrics_file
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    metrics: Path | None,
    output: str,
) -> int:
    """Check one by one what a run needs, and say what to do about what is wrong.

    Installation, dbt project, warehouse, ledger; of each destination its views, its secrets (which
    are never shown), and by one harmless call whether it answers and accepts the credentials.
    Nothing is sent and nothing is changed. With --metrics-file also whether a run can write it.
    Ends with 1 when a check fails.

    \b
    Examples:
      connector doctor
      connector doctor northbeam --environment production --output json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    found = shared.project(context, environment).doctor(destinations, metrics_file=metrics)
    kept = list(found if output == "json" else _shown(found))
    if output == "json":
        shared.print_json([finding.as_dict() for finding in kept])
    return int(any(finding.status == "failed" for finding in kept))


def _shown(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Print each finding when it is made, and yield it."""
    group = ""
    for finding in findings:
        if finding.group != group:
            group = finding.group
            say(group)
        mark = f"  {_sign(finding.status)} "
        say(f"{finding.check:<12} {finding.message}", mark=mark)
        yield finding


def _sign(status: str) -> str:
    """Return the sign of a status, in words where the terminal cannot show it."""
    signs = _SIGNS
    try:
        "".join(_SIGNS.values()).encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        signs = _PLAIN
    return click.style(signs[status], fg=_COLOURS[status])

"""Observers that report runs elsewhere: metrics, webhooks, the summary of a GitHub step."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from connector.config.config import Config
from connector.reporting.alerts import of_verification
from connector.reporting.monitoring import metrics_file, step_summary, telemetry, unrecorded
from connector.reporting.monitoring.run_report import RunReport
from connector.runs.observer import Observer, Observers

STEP_SUMMARY = step_summary.VARIABLE  # of the environment; the file of GitHub's summary


def listeners(config: Config, observers: Sequence[Observer]) -> Observers:
    """Return the observers of a project's runs: those passed and those of connector.yml."""
    return Observers([*observers, Telemetry(), *_webhooks(config)])


def _webhooks(config: Config) -> list[Observer]:
    return [Webhooks(config)] if config.on_failure or config.on_success else []


class MetricsFile(Observer):
    """Writes the last run of each account to a file for Prometheus."""

    wants = frozenset({"state"})

    def __init__(self, path: Path) -> None:
        self._path = path

    def reported(self, report: RunReport) -> None:
        """Replace what the file says of the account."""
        metrics_file.write(self._path, [report], time.time())


class StepSummary(Observer):
    """Adds to the summary that GitHub shows beside the steps of a job."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def reported(self, report: RunReport) -> None:
        """Add a section for the account."""
        step_summary.add(self._path, [report])


class Telemetry(Observer):
    """Counts by OpenTelemetry, when the program that runs us has set that up."""

    def reported(self, report: RunReport) -> None:
        """Count the orders of the run, and how long it took."""
        telemetry.run_ended(report.run)


class Webhooks(Observer):
    """Posts news to the webhooks of connector.yml."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.wants = frozenset({"reasons"} | ({"before"} if config.on_failure else set()))

    def reported(self, report: RunReport) -> None:
        """Post failures and alerts that are news, and successes where they are wanted."""
        config = self._config
        if config.on_failure:
            report = unrecorded.continued(config.ledger, report, is_recorded=report.is_recorded)
        is_told = report.is_failure and report.is_news
        # The webhook for failures also gets the end of one, but only once.
        is_told |= report.is_recovery and config.on_success is None
        if config.on_failure and is_told:
            _post("on_failure", config.on_failure, report.text())
        if config.on_success and report.is_success:
            _post("on_success", config.on_success, report.text())


def _post(key: str, variable: str, text: str) -> None:
    from connector.reporting.monitoring import webhook  # most runs have no webhook, and end sooner

    webhook.post(key, variable, text)


def tell_verified(config: Config, summaries: Sequence[Mapping[str, Any]]) -> None:
    """Post what verifications found wrong to the webhook for failures."""
    for found in summaries:
        told = of_verification(found["destination"], found)
        if config.on_failure and told:
            where = f"✗ {found['destination']} ({found['environment']})"
            _post("on_failure", config.on_failure, f"{where}\n{told[0].message}")

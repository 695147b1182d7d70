"""Metrics by OpenTelemetry's API: nothing happens unless a provider of metrics is configured."""

import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from connector.reporting.monitoring.run_report import OUTCOMES

if TYPE_CHECKING:  # most runs send nothing
    from connector.http.journal import Attempt

_API = "opentelemetry.metrics"  # who sets a provider of metrics has imported it
_PROVIDER = "OTEL_PYTHON_METER_PROVIDER"  # names one that is set when it is needed first


def observers(run: Mapping[str, object]) -> "list[Callable[[Attempt], None]]":
    """Return what counts the requests of a run while it goes on; without the package, nothing.

    `run` has run_id, destination and environment. Instruments: connector.requests,
    connector.request.orders, connector.request.size (By) and connector.request.duration (s).
    """
    meter = _meter()
    if meter is None:
        return []
    where = {name: str(run[name]) for name in ("destination", "environment")}
    requests = meter.create_counter("connector.requests", unit="{request}")
    orders = meter.create_counter("connector.request.orders", unit="{order}")
    size = meter.create_counter("connector.request.size", unit="By")
    duration = meter.create_histogram("connector.request.duration", unit="s")

    def observe(attempt: "Attempt") -> None:
        facts = {**where, "outcome": attempt.outcome, "is_retry": attempt.attempt > 1}
        if attempt.status is not None:
            facts["http.response.status_code"] = attempt.status
        requests.add(1, facts)
        orders.add(attempt.orders, facts)
        size.add(attempt.bytes, facts)
        duration.record(attempt.seconds, facts)

    return [observe]


def run_ended(run: Mapping[str, Any]) -> None:
    """Count the orders of a run by outcome, and how long it took; `run` is a summary."""
    meter = _meter()
    if meter is None:
        return
    where = {name: run[name] for name in ("destination", "environment")}
    orders = meter.create_counter("connector.orders", unit="{order}")
    for outcome in OUTCOMES:
        if run[outcome] is not None:
            orders.add(run[outcome], {**where, "outcome": outcome})
    if run["seconds"] is not None:
        facts = {**where, "exit_code": run["exit_code"]}
        meter.create_histogram("connector.run.duration", unit="s").record(run["seconds"], facts)


def _meter() -> Any:
    """Return the meter, or None where nothing can have configured a provider.

    The package may be there for something else, and takes longer to import than a run to plan.
    """
    if _API not in sys.modules and _PROVIDER not in os.environ:
        return None
    if find_spec("opentelemetry") is None:
        return None
    from opentelemetry import metrics  # noqa: PLC0415

    return metrics.get_meter("connector")

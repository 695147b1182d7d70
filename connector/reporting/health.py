"""Whether a destination gets its orders, and in time: judged by how its last runs went."""

from dataclasses import asdict
from datetime import datetime
from math import inf
from typing import Any

from connector.reporting import freshness
from connector.reporting.alerts import (
    has_failed,
    is_late,
    of_age,
    of_clock,
    of_run,
    of_verification,
)

Row = dict[str, Any]

_JUDGED = ("late", "stale")  # alerts of the last run that are computed anew


def judged(
    recent: Row, cadence: float | None, now: datetime, stale_after: float | None = None
) -> Row:
    """Return what `reports.recent` found, judged.

    Keys: last_run, last_success_at, since_success and cadence (both in seconds, or None), late,
    failing, last_verification, newest_at, stale (what is, in words, as the last run that read the
    views found it), alerts (kind, message). Without a cadence nothing is late, and nothing is stale
    where that is switched off.
    """
    name, last, succeeded = recent["destination"], recent["last_run"], recent["succeeded"]
    stale = {} if stale_after == inf else recent["stale"] or {}
    since = None if succeeded is None else max(now.timestamp() - succeeded, 0.0)
    told = [*of_clock(name, succeeded, now.timestamp()), *of_age(name, since, cadence)]
    told += freshness.alerts(name, stale)
    told += of_verification(name, recent["last_verification"])
    alerts = (_of_last_run(recent) if last else []) + [asdict(alert) for alert in told]
    return {
        "last_run": last,
        "last_success_at": recent["last_success_at"],
        "since_success": None if since is None else round(since),
        "cadence": cadence,
        "late": cadence is not None and is_late(since, cadence),
        "last_verification": recent["last_verification"],
        "failing": last is not None and has_failed(last["exit_code"]),
        "newest_at": recent["newest_at"],
        "stale": stale,
        "alerts": alerts,
    }


def _of_last_run(recent: Row) -> list[Row]:
    """Return what the last run told at its end; one that came to no end told nothing."""
    last = recent["last_run"]
    if last["alerts"] is not None:
        return [alert for alert in last["alerts"] if alert["kind"] not in _JUDGED]
    return [asdict(alert) for alert in of_run(last, recent["run_before"])]

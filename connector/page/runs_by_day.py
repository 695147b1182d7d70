"""Sums up the results of runs by day."""

from collections.abc import Iterable

from connector.api.questions.history import Run


def by_day(rows: Iterable[Run]) -> dict[str, dict[str, float]]:
    """Return the orders of runs per day, by result."""
    series: dict[str, dict[str, float]] = {"delivered": {}, "refused": {}}
    for run in rows:
        day = run.started_at[:10]
        for name, each in series.items():
            each[day] = each.get(day, 0) + (getattr(run, name) or 0)
    return series

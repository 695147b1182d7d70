"""What is reported of a run to people elsewhere and to monitoring: counts and fixed words only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.reporting.alerts import has_failed
from connector.text.plural import counted
from connector.text.visible import visible

MEANINGS = {
    0: "everything planned was delivered",
    1: "finished, but some orders are invalid, were refused or changed while they were read",
    2: "wrong usage, configuration or model: what is pending was not sent",
    3: "the destination refuses the credentials",
    4: "the destination is unavailable: what is pending goes with the next run",
    5: "another run holds the ledger, or the warehouse is busy",
    6: "a guard stopped the run before anything was sent",
    7: "what the destination holds cannot be read back",
    70: "a crash, which is a bug: what is pending goes with the next run",
    130: "interrupted",
    143: "interrupted",
}
COUNTS = ("delivered", "refused", "invalid", "pending", "unchanged")
SELDOM = ("taken_back", "not_sent", "refused_before")  # told to people when there are any
OUTCOMES = (*COUNTS, *SELDOM)  # of the orders of a view, each of which has one
_EVENTS = {"partial_failure", "outdated", "stale", "recovered"}  # alerts of one run only
_SENT = ("batches", "requests", "retries", "bytes", "seconds")
REASONS = 3  # most reasons that are reported, those with the most orders first


@dataclass(frozen=True, slots=True)
class RunReport:
    """One destination after a run.

    `run` has the keys of a summary, the counts None when there was no plan. `state` is what the
    ledger holds, empty when it could not be opened: orders by outcome. `reasons` are the rules that
    invalid orders break, by orders.
    """

    run: Mapping[str, Any]
    state: Mapping[str, int]
    reasons: Mapping[str, int]
    succeeded: float | None = None  # seconds since 1970
    cadence: float | None = None  # seconds
    verified: Mapping[str, Any] | None = None  # what the last verification found
    before: Mapping[str, Any] | None = None  # exit_code and alerts of the run before
    is_recorded: bool = True  # whether the ledger knows of it

    @property
    def is_news(self) -> bool:
        """Return whether it has news that the previous run has not reported."""
        return self.before is None or _happened(self.run) or _state(self.run) != _state(self.before)

    @property
    def is_recovery(self) -> bool:
        """Return whether the previous run failed, and this one did not."""
        return self.is_success and self.before is not None and _state(self.before) != _WELL

    @property
    def where(self) -> str:
        """Return destination and environment."""
        return f"{self.run['destination']} ({self.run['environment']})"

    @property
    def is_failure(self) -> bool:
        """Return whether it needs attention: it failed or has alerts."""
        problems = [alert for alert in self.run["alerts"] if alert["kind"] != "recovered"]
        return has_failed(self.run["exit_code"]) or bool(problems or self.run.get("stale"))

    @property
    def is_success(self) -> bool:
        """Return whether it succeeded; an interrupted run is neither a success nor a failure."""
        return not self.is_failure and self.run["exit_code"] in (0, 1)

    def text(self) -> str:
        """Return what happened, for people: counts, the most frequent reasons, alerts."""
        run, lines = self.run, []
        meaning = MEANINGS.get(run["exit_code"], "ended early")
        number = f"run {run['run_id']}: " if run["run_id"] else ""
        lines.append(f"{'✗' if self.is_failure else '✓'} {self.where}: {number}{meaning}")
        told = [name for name in OUTCOMES if run[name] or name in COUNTS]
        counts = [
            f"{run[name]:,} {name.replace('_', ' ')}" for name in told if run[name] is not None
        ]
        if counts:
            requests = counted(run["requests"], "request")
            lines.append(f"{', '.join(counts)}; {requests}, {run['seconds']:g} s")
        if run["cause"]:
            lines.append(f"because: {run['cause']}")
        lines += _top("refused", run["reasons"] or {})
        lines += _top("invalid", self.reasons)
        lines += [
            f"{alert['kind'].replace('_', ' ')}: {alert['message']}" for alert in run["alerts"]
        ]
        return "\n".join(map(visible, lines))


_WELL: tuple[int, frozenset[str]] = (0, frozenset())


def _state(run: Mapping[str, Any]) -> tuple[int, frozenset[str]]:
    """Return what lasts until someone acts: the kind of failure, and the alerts."""
    code = run["exit_code"]
    kinds = frozenset(alert["kind"] for alert in run["alerts"] or ()) - _EVENTS
    kinds |= frozenset(run.get("stale") or ())
    if not has_failed(code):
        return 0, kinds
    return (-1 if code is None else code), kinds - {"failed"}


def _happened(run: Mapping[str, Any]) -> bool:
    """Return whether a run that did not fail has news of its own."""
    kinds = {alert["kind"] for alert in run["alerts"] or ()}
    return not has_failed(run["exit_code"]) and bool(kinds & _EVENTS)


def together(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return runs that belong together as one: the last of them, with the counts of all."""
    counts = {name: sum(run[name] for run in runs) for name in (*OUTCOMES, *_SENT)}
    reasons: Counter[str] = Counter()
    for run in runs:
        reasons.update(run["reasons"])
    return {**runs[-1], **counts, "reasons": dict(reasons)}


def _top(kind: str, reasons: Mapping[str, int]) -> Iterable[str]:
    """Yield the most frequent reasons; an API's words have lost what is personal, and ids."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    for reason, orders in ordered[:REASONS]:
        yield f"{kind}: {reason} ({counted(orders, 'order')})"

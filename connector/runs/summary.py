"""The numbers of a run, which always add up."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from connector.delivery.delivered import Delivered
from connector.plan.choice import Plan
from connector.reporting.alerts import Alert
from connector.runs.checks.again import Reason
from connector.runs.checks.behind import Behind
from connector.runs.job import Job


@dataclass(frozen=True, slots=True)
class Summary:
    """What happened at one destination; counts are orders unless the name says otherwise.

    orders = unchanged + invalid + refused_before + not_sent
             + delivered + taken_back + refused + pending
    """

    destination: str
    environment: str
    run_id: int | None
    exit_code: int
    scan: str
    scan_reason: str | None
    newest_at: str | None  # when the views last got a changed or new order
    orders: int
    added: int
    changed: int
    in_doubt: int
    unchanged: int
    removed: int
    removals: int
    removals_delivered: int
    removals_refused: int
    unremembered: int
    invalid: int
    warned: int
    refused_before: int
    outdated: int  # the destination has an older version; the current one is invalid or refused
    not_sent: int
    planned: int
    delivered: int
    taken_back: int
    refused: int
    pending: int
    changed_while_read: int  # of the pending ones: changed while the run was reading
    batches: int
    requests: int
    retries: int
    bytes: int
    seconds: float
    error: str | None = None
    cause: str | None = None  # the error in our own words, safe to send elsewhere
    examples: Mapping[str, list[str]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)  # `views` or a dbt source → description
    alerts: Sequence[Alert] = ()
    again: Sequence[Reason] = ()  # of a plan: why delivered orders are sent again
    left_behind: Sequence[Behind] = ()  # the largest reasons why orders stay behind
    acknowledges: str | None = None  # what an accepted request leaves open; None: nothing

    @property
    def is_success(self) -> bool:
        """Return whether the destination has every valid order in its current version."""
        return self.exit_code in (0, 1) and not self.pending

    def as_dict(self) -> dict[str, object]:
        """Return the stable JSON of `sync` and `plan`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sent:
    """Requests and bytes sent, and how long the run took."""

    seconds: float
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    removals_delivered: int = 0  # orders
    removals_refused: int = 0  # orders
    taken_back: int = 0  # of the delivered orders, according to the answers


# Fields of a plan that only the guards need, or that the summary shows in another form.
_UNTOLD = (
    "known",
    "resent",
    "spoiled",
    "withdrawn",
    "surplus",
    "unfit",
    "bytes",
    "examples",
    "emptied",
    "later",
    "in_windows",
)


def summarise(job: Job, run_id: int | None, plan: Plan, done: Delivered, sent: Sent) -> Summary:
    """Combine the plan with its results; without a run id it is a dry run."""
    facts = asdict(plan)
    taken_back = sent.taken_back if run_id else plan.taken_back
    facts |= {"outdated": plan.outdated + done.outdated, "taken_back": taken_back}
    facts["removals_refused"] += sent.removals_refused
    for name in _UNTOLD:
        facts.pop(name)
    to_send = plan.added + plan.changed + plan.in_doubt + plan.withdrawn
    done_with = done.delivered + done.refused + (0 if run_id else taken_back)
    return Summary(
        destination=job.scope.destination,
        environment=job.scope.environment,
        run_id=run_id,
        exit_code=exit_code(plan, done, sent),
        **facts,
        delivered=done.delivered - (taken_back if run_id else 0),
        refused=done.refused,
        removals_delivered=sent.removals_delivered,
        pending=to_send - done_with,
        requests=sent.requests if run_id else plan.batches,
        retries=sent.retries,
        bytes=sent.bytes if run_id else plan.bytes,
        seconds=round(sent.seconds, 3),
        error=str(done.error) if done.error else None,
        cause=done.error.told if done.error else None,
        examples={kind: list(ids) for kind, ids in plan.examples.items()},
        reasons=dict(done.reasons),
        acknowledges=job.contract.acknowledges,
    )


def exit_code(plan: Plan, done: Delivered, sent: Sent) -> int:
    """Return the exit code: that of an error, 1 when orders are left unsent, or 0."""
    if done.error:
        return done.error.exit_code
    behind = (
        plan.invalid
        + plan.refused_before
        + plan.unfit
        + plan.removals_refused
        + plan.changed_while_read
    )
    return int(bool(behind or done.refused or sent.removals_refused))

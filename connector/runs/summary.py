"""The numbers of a run, which always add up."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from connector.delivery.delivered import Delivered
from connector.ledger.ledger import Scope
from connector.plan.choice import Plan
from connector.reporting.alerts import Alert
from connector.runs.again import Reason


@dataclass(frozen=True, slots=True)
class Summary:
    """What happened to one destination, in orders unless the name says otherwise.

    orders = unchanged + invalid + refused_before + not_sent
             + delivered + taken_back + refused + pending
    """

    destination: str
    environment: str
    run_id: int | None
    exit_code: int
    scan: str
    scan_reason: str | None
    newest_at: str | None  # when the views last got something new: a change, or an order
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
    outdated: int  # stand at the destination in an older version, being invalid or refused now
    not_sent: int
    planned: int
    delivered: int
    taken_back: int
    refused: int
    pending: int
    changed_while_read: int  # of the pending ones: other than when the run had begun to read
    batches: int
    requests: int
    retries: int
    bytes: int
    seconds: float
    error: str | None = None
    cause: str | None = None  # the error in our own words alone, which may leave the machine
    examples: Mapping[str, list[str]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)  # `views` or a dbt source → in words
    alerts: Sequence[Alert] = ()
    again: Sequence[Reason] = ()  # of a plan: which delivered orders are sent again, and why

    @property
    def is_success(self) -> bool:
        """Return whether the destination has every valid order as it is now."""
        return self.exit_code in (0, 1) and not self.pending

    def as_dict(self) -> dict[str, object]:
        """Return the stable JSON of `sync` and `plan`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sent:
    """What went over the wire, and how long the run took."""

    seconds: float
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    removals_delivered: int = 0  # orders
    removals_refused: int = 0  # orders
    taken_back: int = 0  # of the orders that were delivered, as the destination answered


# What a plan knows for the guards, or in another shape.
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
)


def summarise(scope: Scope, run_id: int | None, plan: Plan, done: Delivered, sent: Sent) -> Summary:
    """Put the plan and what was done of it together; without a run it is a dry run."""
    facts = asdict(plan)
    taken_back = sent.taken_back if run_id else plan.taken_back
    facts |= {"outdated": plan.outdated + done.outdated, "taken_back": taken_back}
    facts["removals_refused"] += sent.removals_refused
    for name in _UNTOLD:
        facts.pop(name)
    to_send = plan.added + plan.changed + plan.in_doubt + plan.withdrawn
    done_with = done.delivered + done.refused + (0 if run_id else taken_back)
    return Summary(
        destination=scope.destination,
        environment=scope.environment,
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
    )


def exit_code(plan: Plan, done: Delivered, sent: Sent) -> int:
    """Return what the process ends with: an error's own code, 1 when orders stay behind, or 0."""
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

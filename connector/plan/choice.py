"""Which orders a run considers, and the counts of its plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connector.settings.windows import Window

EXAMPLES = 5  # orders of each kind


@dataclass(frozen=True, slots=True)
class Choice:
    """Which orders a run considers: all, some by id, or those of a window of time.

    `full` sends unchanged ones too, `retry` sends dead letters, `unguarded` sends however many,
    `allow_side_effects` even where that messages customers, `full_scan` reads all orders even where
    a watermark tells which may have changed, `repairs` sends the orders that are named whatever
    the ledger says of them, as the destination was found to lack them, `records` are what it was
    found to have of them, pairs of an order and the members that tell one of its records from the
    others, so that only the one stays that is sent, `lenient` leaves out ids that are not in the
    view.
    """

    full: bool = False
    limit: int | None = None
    order_ids: tuple[str, ...] = ()
    retry: bool = False
    unguarded: bool = False
    allow_side_effects: bool = False
    window: Window | None = None
    full_scan: bool = False
    repairs: bool = False
    records: tuple[tuple[str, str], ...] = ()
    lenient: bool = False

    @property
    def unlimited(self) -> bool:
        """Return whether every order is sent that should be."""
        return self.everything and self.limit is None

    @property
    def everything(self) -> bool:
        """Return whether no order is left out, so that what is not there is gone."""
        return not (self.order_ids or self.retry or self.window)


@dataclass(frozen=True, slots=True)
class Plan:
    """The counts of a plan, in orders but for `batches` and `bytes`."""

    orders: int
    added: int
    changed: int
    in_doubt: int
    unchanged: int
    removed: int
    invalid: int
    warned: int
    refused_before: int
    changed_while_read: int  # and wait for the next run
    not_sent: int  # do not count, or are too early
    withdrawn: int  # no longer count, and are to be taken back
    taken_back: int  # of those, in this run
    planned: int
    known: int  # delivered before, for the guards
    resent: int  # of those, to be sent again because they are known to have changed
    spoiled: int  # of those, invalid now
    outdated: int  # delivered before, and neither sent nor as they were: invalid or refused
    removals: int  # to be removed at the destination
    removals_refused: int  # that it refused before, and are not tried again
    unremembered: int  # gone, but without a record of what was sent
    surplus: int  # of the removals: records beside the one that is sent
    unfit: int  # gone, but what takes them back would be refused
    batches: int = 0  # known when all is rendered, as are the bytes
    bytes: int = 0
    scan: str = "full"  # how the views were read
    scan_reason: str | None = None  # why all of them, where a watermark is wanted
    newest_at: str | None = None  # when the views last got something new, in UTC
    examples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    emptied: Sequence[str] = ()  # views and columns that had values, in words
    later: int = 0  # of the planned: new, and judged only in their window
    in_windows: bool = False

    def beside(self, later: int) -> "Plan":
        """Return the plan with new orders that are read later, and were counted as unchanged."""
        added, planned = self.added + later, self.planned + later
        unchanged = self.unchanged - later
        return replace(self, added=added, planned=planned, unchanged=unchanged, later=later)

    def judged(self, window: "Plan") -> "Plan":
        """Return the plan with the counts of a window whose orders were all counted as new."""
        kinds = dict.fromkeys([*self.examples, *window.examples])
        examples = {
            kind: [*self.examples.get(kind, ()), *window.examples.get(kind, ())][:EXAMPLES]
            for kind in kinds
        }
        return replace(
            self,
            added=self.added + window.added - window.orders,
            planned=self.planned + window.planned - window.orders,
            later=self.later - window.orders,
            in_windows=True,
            invalid=self.invalid + window.invalid,
            warned=self.warned + window.warned,
            changed_while_read=self.changed_while_read + window.changed_while_read,
            batches=self.batches + window.batches,
            bytes=self.bytes + window.bytes,
            examples=examples,
        )

    def without(self, large: Counter[str]) -> "Plan":
        """Return the plan without orders that proved too large, counted by their change."""
        return replace(
            self,
            added=self.added - large["added"],
            changed=self.changed - large["changed"],
            in_doubt=self.in_doubt - large["in_doubt"],
            withdrawn=self.withdrawn - large["withdrawn"],
            taken_back=self.taken_back - large["withdrawn"],
            invalid=self.invalid + large.total(),
            outdated=self.outdated + large["changed"],
            planned=self.planned - large.total(),
        )

"""The targets, and what was measured against them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.cases import DELAY, WORKERS
from bench.stage import Stage

MILLION = 1_000_000
PEER = 13.2 / 11.8  # seconds of the fastest peer to those of rows by hand, as published


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted of a figure; the figure is None where it was not measured.

    A target of `orders` is met only by that size, one of none by the largest that was measured.
    """

    what: str
    unit: str
    limit: float
    figure: Callable[[Stage], float | None]
    orders: int | None = MILLION
    least: bool = False  # whether the limit is the least there may be, not the most

    def is_met(self, value: float) -> bool:
        """Return whether a figure is good enough."""
        return value >= self.limit if self.least else value <= self.limit

    def measured(self, stages: Sequence[Stage]) -> tuple[int, float] | None:
        """Return the size and the figure: of the target's size, or else of the largest below."""
        for stage in sorted(stages, key=lambda each: -each.orders):
            fits = self.orders is None or stage.orders <= self.orders
            value = self.figure(stage) if fits else None
            if value is not None:
                return stage.orders, value
        return None


def ratio(over: str, under: str, stage: Stage, fact: str = "wall") -> float | None:
    """Return how many times as long one case takes as another."""
    long, short = stage.median(over, fact), stage.median(under, fact)
    return long / short if long and short else None


def median(case: str, fact: str = "wall") -> Callable[[Stage], float | None]:
    """Return a figure that is the median of a fact."""
    return lambda stage: stage.median(case, fact)


def rate(stage: Stage) -> float | None:
    """Return how many orders a second the first load sends."""
    wall = stage.median("first")
    return stage.orders / wall if wall else None


def over_peer(stage: Stage) -> float | None:
    """Return how many times as quick as the fastest peer: measured, or by its ratio to rows."""
    found = ratio("rows", "first", stage)
    return ratio("dlt, Arrow", "first", stage) or (found * PEER if found else None)


def over_step(fact: str, stage: Stage) -> float | None:
    """Return how many times as long as the slower of making bodies and posting them, each alone."""
    wall = stage.median("first")
    making, posting = stage.median("render", fact), stage.median("ready x1")
    return wall / max(making, posting) if wall and making and posting else None


def over_hash(stage: Stage) -> float | None:
    """Return how many times as long as the hash scan and the start."""
    wall, scan, start = (stage.median(case) for case in ("unchanged", "hash", "start plan"))
    return wall / (scan + start) if wall and scan and start else None


def used(stage: Stage) -> float | None:
    """Return the share of the requests a second that the workers could send at most."""
    requests, seconds = (stage.median("latency", f"sink_{n}") for n in ("requests", "seconds"))
    return 100 * requests * DELAY / 1000 / WORKERS / seconds if requests and seconds else None


def over_smallest(stage: Stage) -> float | None:
    """Return the bytes of a payload in percent of the smallest text."""
    sent, smallest = stage.median("bytes", "sent"), stage.median("bytes", "smallest")
    return 100 * sent / smallest if sent and smallest else None


def marginal(stage: Stage, start: float) -> float | None:
    """Return the seconds of an order in a first load, without those of the start of a process."""
    wall = stage.median("first")
    return (wall - start) / stage.orders if wall else None


def peak(stage: Stage) -> float | None:
    """Return the most memory of a first load and of finding changes."""
    found = [stage.median(case, "peak") for case in ("first", "unchanged", "changed")]
    return max((value for value in found if value is not None), default=None)


TEN = 10 * MILLION
WHOLE_STEP = partial(over_step, "wall")
TARGETS = (
    Target("first load", "orders/s", 82_000, rate, least=True),
    Target("… beside rows by hand", "times", 3.3, partial(ratio, "rows", "first"), least=True),
    Target("… beside the fastest peer, as published", "times", 10, over_peer, least=True),
    Target(
        "… beside plain `to_json`", "times", 0.77, partial(ratio, "to_json x1", "first"), least=True
    ),
    Target("… over the slower bare step: the same SQL to bodies", "times", 1.5, WHOLE_STEP),
    Target("… over its last part alone, rendering", "times", 1.5, partial(over_step, "rendering")),
    Target("… in CPU seconds", "s", 21.5, median("first", "cpu")),
    Target("nothing changed of 10,000", "s", 0.3, median("unchanged"), 10_000),
    Target("nothing changed", "s", 0.9, median("unchanged")),
    Target("nothing changed of 10 M", "s", 6, median("unchanged"), TEN),
    Target("… over the hash of every row and the start", "times", 1.5, over_hash),
    Target("1,000 changed of 1 M", "s", 2.5, median("changed")),
    Target("1,000 changed of 10 M", "s", 20, median("changed"), TEN),
    Target("… with a watermark", "s", 1.5, median("watermark"), TEN),
    Target("… and all of the newest 50,000", "s", 1.5, median("recent"), TEN),
    Target("memory at 1 M", "MiB", 541, peak),
    Target("memory at 10 M", "MiB", 1_109, peak, TEN),
    Target("spill files left", "", 0, median("first", "spill_left"), None),
    Target("`connector --help`", "s", 0.15, median("start help"), None),
    Target("`connector plan`, small and unchanged", "s", 0.6, median("start plan"), None),
    Target("8 workers, answers after 150 ms", "% of 8/0.15 a second", 97, used, least=True),
    Target("payload beside the smallest text", "%", 100, over_smallest, None),
    Target("ledger of 10 M orders", "MiB", 572, median("ledger", "mib"), TEN),
    Target("… opened in", "s", 0.5, median("ledger", "opening"), TEN),
    Target("… an acknowledged batch", "ms", 3, median("profile", "batch_ms"), None),
)

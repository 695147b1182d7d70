"""Which faults are in force, and which of them hits a call."""

import dataclasses
import math
import random
from collections.abc import Collection, Sequence

from connector.text.names import nearest


@dataclasses.dataclass
class _Fault:
    text: str
    kind: str
    probability: float
    calls_left: float


class Faults:
    """The faults in force, drawn from one source of randomness, so that a seed repeats them.

    A fault is written `KIND` (every call), `KIND:PROBABILITY` (`429:0.05`) or `KIND:Nx`
    (`503:3x`: the next three calls, before all others). ValueError for anything else.
    """

    def __init__(self, texts: Sequence[str], kinds: Collection[str], seed: int | None) -> None:
        self._kinds = kinds
        self._random = random.Random(seed)  # noqa: S311 - faults need no cryptography
        self.replace(texts)

    def replace(self, texts: Sequence[str]) -> None:
        """Put other faults in force."""
        faults = [_parse(text, self._kinds) for text in texts]
        if sum(fault.probability for fault in faults if fault.calls_left == math.inf) > 1:
            raise ValueError("the probabilities of the faults add up to more than 1")
        self._faults = faults

    def texts(self) -> list[str]:
        """Return the faults as they were written."""
        return [fault.text for fault in self._faults]

    def active(self) -> list[str]:
        """Return those that can still hit a call."""
        return [fault.text for fault in self._faults if fault.calls_left > 0]

    def draw(self) -> str | None:
        """Return the kind of the fault that hits the next call, if one does."""
        point = self._random.random()
        for fault in sorted(self._faults, key=lambda fault: fault.calls_left):
            if fault.calls_left == 0:
                continue
            fault.calls_left -= 1
            if point < fault.probability:
                return fault.kind
            point -= fault.probability
        return None


def _parse(text: str, kinds: Collection[str]) -> _Fault:
    kind, _, amount = text.partition(":")
    if kind not in kinds:
        raise ValueError(f"there is no fault {kind!r}{nearest(kind, kinds)}: {', '.join(kinds)}")
    if amount.endswith("x") and amount[:-1].isdigit():
        return _Fault(text, kind, 1.0, int(amount[:-1]))
    return _Fault(text, kind, _probability(text, amount or "1"), math.inf)


def _probability(text: str, amount: str) -> float:
    try:
        probability = float(amount)
    except ValueError:
        probability = math.nan
    if not 0 <= probability <= 1:
        raise ValueError(f"{text!r}: say KIND, KIND:PROBABILITY (0 to 1) or KIND:Nx")
    return probability

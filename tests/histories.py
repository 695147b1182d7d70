"""Lets state machines go through random histories: the same ones in each usual run."""

import itertools
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lengths import LONG, USUAL
from tests.model_destination import change_the_seams
from tests.model_machine import Machine

# What each kind of machine goes of a run's steps, in percent. Records have the most
# runs, which cost the most; each kind still ends when a promise of its own is broken.
SHARES = {"Shop": 52, "RecordsShop": 20, "StampedShop": 20, "StoredShop": 8}
RULES_A_HISTORY, STEPS_A_HISTORY = 50, 62  # a rule may come to several steps
FEWEST = 0.9  # random histories may end early


def live(kind: type[Machine], config: pytest.Config) -> str:
    """Go through random histories of a kind, and say how many steps and runs they had.

    A number of steps other than the two defaults runs different histories each time. Long ones run
    with the optimizer of DuckDB.

    Raises:
        AssertionError: A promise was broken, or the histories were too short.
    """
    steps = config.getoption("--steps")
    is_set_down = steps in {USUAL["steps"], LONG["steps"]}
    place = list(SHARES).index(kind.__name__) % (len(SHARES) - 1)
    number = place if is_set_down else random.randrange(1 << 32)
    share = steps * SHARES[kind.__name__] // 100
    few = settings(
        max_examples=share // STEPS_A_HISTORY + 1,
        stateful_step_count=RULES_A_HISTORY,
        phases=(Phase.generate, Phase.shrink),
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    Machine.steps, Machine.runs = itertools.count(), itertools.count()
    Machine.scans.clear()
    with pytest.MonkeyPatch.context() as patch:
        change_the_seams(patch)
        patch.setattr(Machine, "is_optimized", steps > USUAL["steps"])
        run_state_machine_as_test(seed(number)(kind), settings=few)
    made, runs, cut = next(Machine.steps), next(Machine.runs), Machine.scans["watermark"]
    assert made >= FEWEST * share
    assert cut >= runs / 10 or kind.__name__ != "StampedShop"
    return f"{kind.__name__}: {made:,} random steps, {runs:,} of them runs, {cut:,} by watermark"

"""The pace of requests, on a simulated clock: budgets to the byte, workers to the knee."""

import heapq
import random
import stat
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.http.answer import Answer, Outcome
from connector.http.budget import RollingBudget, batch_bytes
from connector.http.concurrency import Concurrency
from connector.http.pace import Pace
from connector.http.spending import COMPACTED, Spending

HOUR = 3600.0
TAKEN = Answer(Outcome.DELIVERED, 200, "")
LIMITED = Answer(Outcome.RETRY, 429, "slower")
LOST = Answer(Outcome.RETRY, None, "no complete answer", in_doubt=True)


def simulated(pace, latency, sizes, *, until=HOUR, threads=8, answer=lambda *_: TAKEN):
    """Send bodies for as long as it takes; return (arrived, bytes, was taken) of each.

    `latency` is of the time and of how many are under way; a body arrives somewhere within it.
    """
    draw = random.Random(1)
    now, arrivals, under_way = 0.0, [], []
    size = next(sizes)
    while now < until:
        wait = pace.wait(now, size) if len(under_way) < threads else float("inf")
        if wait <= 0:
            pace.begin(size)
            seconds = latency(now, len(under_way) + 1)
            said = answer(now, len(under_way) + 1)
            heapq.heappush(under_way, (now + seconds, now, size, said is TAKEN, said))
            arrivals.append((now + draw.random() * seconds, size, said is TAKEN))
            size = next(sizes)
            continue
        first = under_way[0][0] if under_way else float("inf")
        if now + wait < first:
            now += wait
            continue
        now, began, ended_size, _, said = heapq.heappop(under_way)
        pace.end(began, now, ended_size, said)
    return arrivals


def busiest(arrivals, seconds: float) -> int:
    """The most bytes that arrived in any window."""
    arrivals = sorted(arrivals)
    most = inside = 0
    first = 0
    for moment, size, _ in arrivals:
        inside += size
        while arrivals[first][0] <= moment - seconds:
            inside -= arrivals[first][1]
            first += 1
        most = max(most, inside)
    return most


# Budgets.


def batches():
    """Bodies as a plan under a byte budget makes them: below 750,000 bytes, mostly 560,000."""
    draw = random.Random(2)
    while True:
        yield draw.randrange(545_000, 580_000) if draw.random() < 0.98 else draw.randrange(750_000)


BUDGETS = {
    "northbeam": (30_000_000, 60, True, 0.4),
    "triple whale": (25_000, 60, False, 0.02),
    "yespo": (200, 1, False, 0.01),
    "ometria": (4, 1, False, 0.01),
}


@pytest.mark.parametrize(("limit", "seconds", "is_bytes", "latency"), BUDGETS.values(), ids=BUDGETS)
def test_an_hour_uses_nearly_all_of_a_budget_and_never_more(
    limit, seconds, is_bytes, latency, tell
):
    budget = RollingBudget(limit, seconds)
    pace = Pace([(budget, is_bytes)], Concurrency(64))
    until = HOUR if is_bytes else 6.0 * seconds
    sizes = batches() if is_bytes else iter(lambda: 1, 0)
    arrivals = simulated(pace, lambda *_: latency, sizes, until=until, threads=64)
    assert busiest(arrivals, seconds) <= limit
    used = sum(size for _, size, _ in arrivals) / (limit * until / seconds)
    tell(f"{used:.1%} of the budget of {limit:,} in {seconds} s were used")
    assert used >= 0.97


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(10, 60),
    seconds=st.floats(0.5, 30),
    latency=st.floats(0.01, 40),
    threads=st.integers(1, 12),
    sizes=st.lists(st.integers(1, 10), min_size=1, max_size=50),
)
def test_whatever_the_sizes_no_window_has_more_than_the_budget(
    limit, seconds, latency, threads, sizes
):
    pace = Pace([(RollingBudget(limit, seconds), True)], Concurrency(threads))
    bodies = (sizes[number % len(sizes)] for number in count())
    arrivals = simulated(pace, lambda *_: latency, bodies, until=8 * seconds, threads=threads)
    assert busiest(arrivals, seconds - 1e-6) <= limit


@settings(max_examples=25, deadline=None)
@given(
    limit=st.integers(4_000, 10_000_000),
    share=st.floats(0.3, 1),
    latency=st.floats(0.001, 0.5),
    threads=st.integers(4, 16),
)
def test_whatever_the_sizes_of_batches_nearly_all_of_the_budget_is_used(
    limit, share, latency, threads
):
    """Bodies of at most a fortieth of the budget, and enough workers for all of them."""
    largest = batch_bytes(limit, {"bytes": limit, "seconds": 60})
    draw = random.Random(limit)
    bodies = iter(lambda: draw.randrange(int(largest * share), largest + 1), 0)
    pace = Pace([(RollingBudget(limit, 60), True)], Concurrency(threads))
    arrivals = simulated(pace, lambda *_: latency, bodies, until=HOUR, threads=threads)
    assert busiest(arrivals, 60 - 1e-6) <= limit
    assert sum(size for _, size, _ in arrivals) >= 0.97 * limit * 60


# What earlier runs sent.

LIVE = "northbeam production"


class Clock:
    """A clock set by the test."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def spending(tmp_path, clock, scope=LIVE, uptime=None):
    return Spending(tmp_path / "ledger.duckdb", scope, 60, clock, uptime or clock)


def test_a_run_knows_what_the_one_before_has_sent(tmp_path, clock):
    first = spending(tmp_path, clock)
    assert first.recall() == []
    first.begin("1-1", 500)
    clock.now += 5
    first.end("1-1", 500)
    clock.now += 10
    assert spending(tmp_path, clock).recall() == [(10.0, 500)]
    clock.now += 40
    assert spending(tmp_path, clock).recall() == [(50.0, 500)]
    clock.now += 10
    assert spending(tmp_path, clock).recall() == []


def test_what_a_killed_run_had_under_way_counts_from_the_start_of_the_next(tmp_path, clock):
    spending(tmp_path, clock).begin("1-1", 500)
    clock.now += 300
    assert spending(tmp_path, clock).recall() == [(0.0, 500)]
    clock.now += 20
    assert spending(tmp_path, clock).recall() == [(20.0, 500)]


def test_a_line_that_a_killed_run_has_torn_is_left_out(tmp_path, clock):
    spending(tmp_path, clock).begin("1-1", 500)
    path = tmp_path / "ledger.spending.jsonl"
    path.write_bytes(path.read_bytes() + b'{"scope": "northbeam\nnull\n{}\n')
    assert spending(tmp_path, clock).recall() == [(0.0, 500)]


def test_each_destination_and_environment_has_its_own_spending(tmp_path, clock):
    other = "northbeam uat"
    for size, scope in enumerate((LIVE, other)):
        spending(tmp_path, clock, scope).begin("1-1", size)
    assert spending(tmp_path, clock, other).recall() == [(0.0, 1)]
    assert spending(tmp_path, clock).recall() == [(0.0, 0)]


def test_a_clock_that_is_put_back_lets_nothing_count_for_longer(tmp_path, clock):
    spending(tmp_path, clock).begin("1-1", 500)
    clock.now -= 10_000
    assert spending(tmp_path, clock).recall() == [(0.0, 500)]
    clock.now += 60
    assert spending(tmp_path, clock).recall() == []


@pytest.mark.parametrize(("up", "ago"), [(20, 20), (60, None), (-5, 60.0 - 1)])
def test_a_clock_that_is_put_forward_lets_nothing_be_forgotten(tmp_path, clock, up, ago):
    """The machine has run on, or was restarted and has been up for 59 seconds."""
    uptime = Clock()
    uptime.now = 64.0
    first = spending(tmp_path, clock, uptime=uptime)
    first.begin("1-1", 500)
    first.end("1-1", 500)
    clock.now += 10_000
    uptime.now += up
    expected = [] if ago is None else [(ago, 500)]
    assert spending(tmp_path, clock, uptime=uptime).recall() == expected


def test_the_file_is_the_owners_and_stays_small(tmp_path, clock):
    notes = spending(tmp_path, clock)
    notes.recall()
    for number in range(COMPACTED):
        notes.begin(f"1-{number}", 5)
        notes.end(f"1-{number}", 5)
        clock.now += 1
    path = tmp_path / "ledger.spending.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes().splitlines()) < 1.1 * COMPACTED
    assert len(spending(tmp_path, clock).recall()) == 59


def test_a_file_that_cannot_be_written_is_no_reason_to_stop(tmp_path, clock, caplog):
    notes = spending(tmp_path / "missing", clock)
    notes.recall()
    notes.begin("1-1", 500)
    assert "could exceed the budget" in caplog.text


# Workers.


def served(knee: int, seconds: float):
    """A server that processes `knee` requests at a time, and lets more of them wait."""
    return lambda _now, under_way: seconds * max(1.0, under_way / knee)


def steady(pace, latency, answer=lambda *_: TAKEN):
    """Requests a second in the second half of two minutes, and how many may be under way then."""
    arrivals = simulated(pace, latency, iter(lambda: 1, 0), until=120, threads=64, answer=answer)
    return len([1 for moment, _, taken in arrivals if moment >= 60 and taken]) / 60, pace.workers


def test_workers_go_up_to_the_maximum_while_latency_is_flat():
    pace = Pace((), Concurrency(8))
    rate, workers = steady(pace, served(64, 0.15))
    assert workers == 8
    assert rate >= 0.99 * 8 / 0.15


def test_a_server_that_has_become_slower_costs_no_workers():
    pace = Pace((), Concurrency(8))
    _, workers = steady(pace, lambda now, _: 0.1 if now < 20 else 0.3)
    assert workers == 8


def test_the_first_seconds_lose_little():
    arrivals = simulated(
        Pace((), Concurrency(8)), served(64, 0.15), iter(lambda: 1, 0), until=10, threads=8
    )
    assert len(arrivals) >= 0.95 * 10 * 8 / 0.15


def test_workers_stop_where_more_of_them_only_wait():
    rate, workers = steady(Pace((), Concurrency(64)), served(10, 0.1))
    assert 10 <= workers <= 17
    assert rate >= 0.99 * 10 / 0.1


def test_workers_settle_where_a_server_pushes_back():
    """It rejects more than ten at a time, and most of its capacity is used."""
    rate, workers = steady(
        Pace((), Concurrency(64)),
        served(64, 0.1),
        lambda _now, under_way: LIMITED if under_way > 10 else TAKEN,
    )
    assert 5 <= workers <= 11
    assert rate >= 0.7 * 10 / 0.1


@pytest.mark.parametrize("answer", [LIMITED, LOST], ids=["429", "time-out"])
def test_a_crowd_that_is_turned_away_halves_the_workers_once(answer):
    workers = Concurrency(4)
    pace = Pace((), workers)
    for _ in range(4):
        pace.begin(1)
    for _ in range(4):
        pace.end(1.0, 2.0, 1, answer)
    assert workers.limit == 2
    pace.begin(1)
    pace.end(3.0, 4.0, 1, answer)
    assert workers.limit == 1
    pace.begin(1)
    pace.end(5.0, 6.0, 1, answer)
    assert workers.limit == 1


def test_a_fault_of_the_server_is_no_sign_of_a_crowd():
    workers = Concurrency(4)
    workers_before, pace = workers.limit, Pace((), workers)
    pace.begin(1)
    pace.end(1.0, 2.0, 1, Answer(Outcome.RETRY, 500, "oh"))
    assert workers.limit == workers_before


def test_nothing_starts_while_as_many_as_may_be_are_under_way():
    pace = Pace((), Concurrency(1))
    pace.begin(1)
    assert pace.wait(0.0, 1) == float("inf")
    pace.end(0.0, 1.0, 1, None)
    assert pace.wait(1.0, 1) == 0.0
    pace.pause(5.0)
    assert pace.wait(1.0, 1) == 4.0


def test_a_server_that_asks_for_time_gets_it_from_the_moment_of_its_answer():
    pace = Pace((), Concurrency(4))
    pace.begin(1)
    pace.end(0.0, 1.0, 1, Answer(Outcome.RETRY, 429, "slower", retry_after=7.0))
    assert pace.wait(1.0, 1) == 7.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 5)), max_size=200), st.integers(1, 40))
def test_there_is_always_a_worker_and_never_one_too_many(answers, maximum):
    workers, now = Concurrency(maximum), 0.0
    for is_answer, seconds in answers:
        began, now = now, now + seconds
        (workers.answered if is_answer else workers.pushed_back)(began, now)
        assert 1 <= workers.limit <= maximum

"""Whatever a server answers, a run ends in time, in limits, and reports only what it got."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from connector.destinations import contracts
from tests.answers_at_random import ENDING, LIMIT, STATUSES, Combination, combinations, serving
from tests.shop import CONFIG, Shop

SEED = 18
MANY = 150  # combinations in one process
LONG = 5_000  # with --long
FEW = 12  # each in a run of its own, which it ends
TABLE = {0, 1, 2, 3, 4}
MORE = 200_000  # kB of memory above the usual
CONNECT = 2.0  # seconds
SLACK = 2.0  # of a busy machine
MAIN = "from connector.cli import main; main()"


@pytest.fixture
def one_by_one(shop: Shop) -> Shop:
    """A shop whose destination accepts one order per request."""
    own = shop.directory / "destinations/single"
    own.mkdir(parents=True)
    text = contracts()["northbeam"].path.read_text()
    text = text.replace("x-destination: northbeam", "x-destination: single")
    before = f"orders: {contracts()['northbeam'].max_orders}"
    assert before in text
    text = text.replace(before, "orders: 1").replace("  empty: false", "  empty: true")
    own.joinpath("contract.yml").write_text(text)
    answer = (contracts()["northbeam"].path.parent / "answer.py").read_text()
    own.joinpath("answer.py").write_text(answer)
    return shop


def configure(shop: Shop, port: int) -> None:
    models = "models: {orders: northbeam__orders, products: northbeam__products}"
    options = (
        f"    attempts: 1\n    concurrency: 1\n    read_timeout: {LIMIT}\n"
        f"    connect_timeout: {CONNECT}\n    deadline: 600\n    {models}\n"
    )
    url = f"http://127.0.0.1:{port}/v2/orders"
    config = CONFIG.format(environment="local", url=url, options=options)
    shop.write(config.replace("  northbeam:", "  single:"))


def ended(shop: Shop, port: int) -> tuple[int, str, int]:
    """Run a sync as a process; return its exit code, its output and its memory in kB."""
    configure(shop, port)
    command = [sys.executable, "-c", MAIN, "--project-dir", str(shop.directory)]
    command += ["-v", "sync", "--yes"]
    with (shop.directory / "told.txt").open("w+") as told:
        process = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        return process.returncode, told.read(), usage.ru_maxrss


def delivered(shop: Shop) -> set[str]:
    rows = shop.remembered("select order_id from ledger.deliveries where outcome = 'delivered'")
    return {order_id for (order_id,) in rows}


def late(shop: Shop, said: dict[str, list[Combination | None]]) -> set[str]:
    """The orders whose ordinary answer the ledger knows not to have come in time."""
    rows = shop.remembered("select order_id from ledger.in_doubt")
    return {order_id for (order_id,) in rows if said[order_id] == [None]}


def answered(said: dict[str, list[Combination | None]], how: str) -> set[str]:
    """The orders that an answer accepts, or may accept."""
    return {
        order_id
        for order_id, answers in said.items()
        if any(answer is None or getattr(answer, how) for answer in answers)
    }


def between_good_ones(found: list[Combination]) -> Iterator[Combination | None]:
    """Each after good ones, as three in a row that tell nothing end a run.

    After two, since a good one comes too late where the machine stands still for half a second.
    """
    for combination in found:
        yield from (None, None, combination)
    yield from itertools.repeat(None)


def test_whatever_is_answered_a_run_ends_well_and_says_what_it_was_told(one_by_one, request, tell):
    count = LONG if request.config.getoption("--long") else MANY
    found = combinations(count, SEED, STATUSES)
    with serving(itertools.repeat(None)) as server:
        one_by_one.orders(0, 100)
        code, told, usual = ended(one_by_one, server.port)
        assert code == 0, told
    one_by_one.orders(100, 100 + 3 * count)
    one_by_one.ledger.unlink()
    with serving(between_good_ones(found)) as server:
        code, told, memory = ended(one_by_one, server.port)
    asked = {each for answers in server.said.values() for each in answers if each}
    slow = sum(each.is_slow for each in asked)
    tell(f"{len(asked)} answers, {slow} of them dripping: {max(server.seconds):.1f} s at most, "
         f"{(memory - usual) / 1000:.0f} MB above the usual")  # fmt: skip
    assert (code, "Traceback" in told, "unexpected" in told) == (4, False, False), told[-3000:]
    assert len(asked) == count
    assert max(server.seconds) < CONNECT + LIMIT + SLACK
    assert memory < usual + MORE
    found = delivered(one_by_one)
    wrongly = (found - answered(server.said, "may_accept")) | (
        answered(server.said, "accepts") - found - late(one_by_one, server.said)
    )
    assert not wrongly, [server.said[order_id] for order_id in sorted(wrongly)[:9]]


def test_an_answer_that_ends_a_run_has_an_exit_code_of_the_table(one_by_one):
    """None of them accepts an order; orders planned after it are sent by the next run."""
    one_by_one.orders(0, 2 + FEW)
    for combination in combinations(FEW, SEED, ENDING):
        with serving(iter([combination] * 50)) as server:
            configure(one_by_one, server.port)
            result = one_by_one.run("sync", "--yes")
        told = result.out + result.err
        assert result.code in TABLE - {0}, (combination, told)
        assert "Traceback" not in told
        assert "unexpected" not in told
        assert max(server.seconds) < CONNECT + LIMIT + SLACK
        assert delivered(one_by_one) == set()

"""The small parts: when to retry, what a budget allows, and what is never printed."""

import copy
import json
import logging
import pickle
import stat
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.http.budget import RollingBudget
from connector.http.retry import BASE, CAP, delay, doubled, retry_after
from connector.ledger.beside import progress
from connector.ledger.beside.progress import ProgressFile
from connector.text import log
from connector.text.names import nearest
from connector.text.secret import Secret

NOW = datetime(2026, 10, 21, 7, 28, tzinfo=UTC)


# When to try again.


@given(attempt=st.integers(0, 5000), draw=st.floats(0, 1, exclude_max=True))
def test_the_wait_grows_to_a_cap_and_is_drawn_from_all_of_it(attempt, draw):
    highest = min(CAP, BASE * 2 ** min(attempt, 20))
    assert delay(attempt, draw) == draw * highest
    assert delay(attempt, 0.0) == 0.0


@given(
    attempt=st.integers(0, 50),
    draw=st.floats(0, 1, exclude_max=True),
    asked=st.floats(0, 1e6),
)
def test_a_server_that_asks_for_time_gets_it_and_at_most_a_second_more(attempt, draw, asked):
    assert asked <= delay(attempt, draw, asked) <= asked + 1


def test_a_server_that_says_nothing_is_left_alone_twice_as_long_each_time():
    waits = [doubled(attempt, 5.0, 300.0) for attempt in (0, 1, 2, 5, 6, 5000)]
    assert waits == [5.0, 10.0, 20.0, 160.0, 300.0, 300.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0.0),
        ("Wed, 21 Oct 2026 09:28:10 +0200", 10.0),
        ("Wed, 21 Oct 2026 07:28:30", 30.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Wed, 99 Oct 2026 07:28:30 GMT", None),
        ("Wed, 21 Oct 99999 07:28:30 GMT", None),
        ("Wed, 21 Oct 2026 07:28:30 +99999999", None),
    ],
)
def test_what_a_server_asks_for_is_read_as_seconds(header, seconds):
    assert retry_after(header, NOW) == seconds


# What a budget allows.


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 40)), max_size=40))
def test_a_budget_is_never_exceeded_in_any_window(demands):
    """Spend as early as the budget allows; each demand comes some seconds after the last."""
    budget, limit, window, now = RollingBudget(50, 30), 50, 30, 0.0
    spent: list[tuple[float, int]] = []
    for amount, pause in demands:
        now += pause
        for _ in range(3):
            now += budget.wait(now, amount)
        budget.spend(now, amount)
        spent.append((now, amount))
    for moment, amount in spent:
        inside = [size for at, size in spent if moment - window + 1e-6 < at <= moment]
        assert sum(inside) <= limit or inside == [amount]


def test_a_budget_waits_no_longer_than_it_must():
    budget = RollingBudget(100, 60)
    budget.spend(0.0, 60)
    budget.spend(10.0, 40)
    assert budget.wait(20.0, 50) == 40.0
    assert budget.wait(20.0, 100) == 50.0
    assert budget.wait(61.0, 50) == 0.0


def test_what_is_over_the_budget_alone_goes_when_nothing_else_was_spent():
    budget = RollingBudget(100, 60)
    assert budget.wait(0.0, 250) == 0.0
    budget.spend(0.0, 250)
    assert budget.wait(1.0, 1) == 59.0
    assert budget.wait(60.0, 250) == 0.0


def test_what_is_set_aside_counts_until_it_is_known_when_it_was_spent():
    budget = RollingBudget(100, 60)
    budget.hold(80)
    assert budget.wait(0.0, 50) > 0
    budget.spend_held(5.0, 80)
    assert budget.wait(5.0, 50) == 60.0
    assert budget.wait(65.0, 50) == 0.0


# Secrets.


@pytest.mark.parametrize("show", [str, repr, "{}".format, "%s".__mod__, ascii, lambda s: f"{s!r}"])
def test_a_secret_does_not_print(show):
    secret = Secret("planted")
    assert "planted" not in show(secret)
    assert "planted" not in show([secret])
    assert secret.reveal() == "planted"


@pytest.mark.parametrize(
    "leak",
    [pickle.dumps, copy.deepcopy, json.dumps, vars],
    ids=["pickle", "copy", "json", "vars"],
)
def test_a_secret_cannot_be_copied(leak):
    with pytest.raises(TypeError) as failure:
        leak(Secret("planted"))
    assert "planted" not in str(failure.value)


# Names.


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("ordes", " (did you mean 'orders'?)"),
        ("Orders", " (did you mean 'orders'?)"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_hinted_at(name, hint):
    assert nearest(name, iter(["orders", "refunds"])) == hint


# Progress.


def test_the_progress_of_a_run_can_be_read_while_it_lasts(tmp_path):
    ledger = tmp_path / "ledger.duckdb"
    assert progress.read(ledger) is None
    file = ProgressFile(ledger)
    file.write({"delivered": 5})
    facts = progress.read(ledger)
    assert facts["delivered"] == 5
    assert facts["process"] > 0
    assert stat.S_IMODE(progress.path_of(ledger).stat().st_mode) == 0o600
    file.remove()
    file.remove()
    assert progress.read(ledger) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "\0", '"text"'])
def test_a_progress_file_that_says_nothing_is_none(tmp_path, content):
    ledger = tmp_path / "ledger.duckdb"
    progress.path_of(ledger).write_text(content)
    assert progress.read(ledger) is None


# Logs.


@pytest.fixture
def root():
    """The root logger, put back afterwards."""
    logger = logging.getLogger()
    before = (logger.handlers[:], logger.level)
    yield logger
    logger.handlers[:], level = before
    logger.setLevel(level)


@pytest.mark.parametrize(
    ("verbosity", "level"),
    [(0, logging.WARNING), (1, logging.INFO), (2, logging.DEBUG), (9, logging.DEBUG)],
)
def test_v_says_how_much_is_logged(root, verbosity, level):
    log.configure(verbosity, "text")
    assert root.level == level


def test_logs_are_texts_with_their_facts(root, capsys):
    log.configure(1, "text")
    root.info("sent", extra={"batch_id": 7, "run_id": 1})
    root.debug("not shown")
    line = capsys.readouterr().err
    assert line.endswith(" sent batch_id=7 run_id=1\n")


def test_logs_are_json_objects_with_their_facts(root, capsys):
    log.configure(1, "json")
    root.warning("sent %s", "é", extra={"at_once": timedelta(seconds=1)})
    event = json.loads(capsys.readouterr().err)
    assert (event["level"], event["event"], event["at_once"]) == ("warning", "sent é", "0:00:01")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_error_that_is_logged_does_not_show_its_text(root, capsys, log_format):
    """An exception's text may contain an order."""
    log.configure(2, log_format)
    try:
        int("planted")
    except ValueError:
        root.exception("it went wrong")
    assert "planted" not in capsys.readouterr().err

"""A backfill works window by window, and resumes where it was stopped."""

import random
import signal
import time
from datetime import UTC, datetime

import pytest

from connector.runs.backfill import REFUSED, Course, Step
from connector.settings.windows import Window, period, window
from tests.shop import ended

WINDOWS = 60
ORDERS = 10_000
ISSUE = 200_000  # with --long
REFUSED_ORDERS = "select count(*) from ledger.current where outcome = 'refused'"
MANY = """
insert into northbeam__orders
select 'order-' || lpad(i::varchar, 6, '0'), 'customer-' || i % 7,
    timestamptz '2021-01-01 00:00:00+00' + to_seconds((i * $seconds)::bigint),
    'GBP', 12.50, 2.00, 0.50, [], ['channel:web'], null, 'Some One'
from range($orders) as numbers (i);
insert into northbeam__products
select 'order-' || lpad(i::varchar, 6, '0'), 1, 'tea', 'Harbor Tea', 2, 5.00
from range($orders) as numbers (i);
"""
EDIT = "update northbeam__orders set customer_name = $name where hash(order_id) % 97 = $number"
# The wait for requests in flight is as long as the server's time limit, and no longer.
NOT_LONG = "import connector.payloads.late as late; late.SLACK = 0"


def utc(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def fill(shop, orders: int, days: int = WINDOWS) -> None:
    """Spread orders evenly over some days."""
    shop.sql(MANY, orders=orders, seconds=days * 86_400 / orders)


def backfill(shop, *arguments: str):
    return shop.run("backfill", "northbeam", "--window", "week", "--output", "json", *arguments)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2021", utc(2021), utc(2022)),
        ("2021-12", utc(2021, 12), utc(2022)),
        ("2024-02", utc(2024, 2), utc(2024, 3)),
        ("2024-2-29", utc(2024, 2, 29), utc(2024, 3)),
    ],
)
def test_a_date_names_a_year_a_month_or_a_day(text, start, end):
    assert period(text) == Window(start, end)


@pytest.mark.parametrize("text", ["", "21", "2021-13", "2021-02-30", "2021/01", "2021-01-01T00"])
def test_any_other_text_is_not_a_date(text):
    with pytest.raises(ValueError, match="is not a valid date"):
        period(text)


def test_windows_follow_the_calendar():
    assert window(utc(2023, 12), "month").end == utc(2024)
    assert window(utc(2024, 2, 26), "week").end == utc(2024, 3, 4)
    assert window(utc(2024, 2, 29), "day").end == utc(2024, 3, 1)
    assert window(utc(2024), "month").cut(period("2024-01-15")) == period("2024-01-15")


def test_windows_go_oldest_first_as_a_dry_run_says_and_a_sync_finds_nothing_left(shop):
    fill(shop, 600, days=20)
    plan = backfill(shop, "--dry-run").json()["windows"]
    assert shop.sandbox.counts()["requests"] == 0
    result = backfill(shop)
    windows = result.json()["windows"]
    assert result.code == 0, result.err
    assert [each["delivered"] for each in windows] == [90, 210, 210, 90]
    assert windows[0]["window"] == "2020-12-28 to 2021-01-03"
    assert [each["run_id"] for each in windows] == sorted(each["run_id"] for each in windows)
    assert "window 4 of 4" in result.err
    assert [(each["window"], each["bytes"]) for each in plan] == [
        (each["window"], each["bytes"]) for each in windows
    ]
    assert sum(each["bytes"] for each in plan) == shop.sandbox.counts()["bytes"]
    table = shop.run("backfill", "northbeam", "--dry-run", "--window", "month").out
    assert "2021-01-01 to 2021-01-31" in table
    assert shop.sync()["requests"] == 0
    again = backfill(shop, "--from", "2021-01-18").json()["windows"]
    assert [each["delivered"] for each in again] == [0]


def test_from_and_to_choose_whole_periods_and_what_is_outside_stays_as_it_was(shop):
    """It does not count as removed, and earlier errors of it remain."""
    fill(shop, 600)
    shop.configure(on_removed="cancel")
    shop.sql("update northbeam__orders set customer_id = order_id where order_id < 'order-000005'")
    windows = backfill(shop, "--from", "2021-01-11", "--to", "2021-01").json()["windows"]
    assert windows[0]["window"] == "2021-01-11 to 2021-01-17"
    assert windows[-1]["window"] == "2021-01-25 to 2021-01-31"
    assert sum(each["delivered"] for each in windows) == 210
    summary = shop.sync()
    assert (summary["delivered"], summary["invalid"]) == (385, 5)
    before = shop.sandbox.counts()["requests"]
    assert backfill(shop, "--from", "2021-02").code == 0
    assert len(shop.run("errors", "northbeam", "--output", "json").json()) == 5
    assert shop.run("status", "northbeam", "--output", "json").json()[0]["invalid"] == 5
    assert shop.sync()["removed"] == 0
    assert shop.sandbox.counts()["requests"] == before


def test_a_backfill_does_not_run_beside_a_sync(shop):
    fill(shop, ORDERS)
    first = shop.start("backfill", "northbeam", "--window", "day")
    try:
        while not list(shop.directory.glob(".connector/*.progress.json")):
            assert first.poll() is None
            time.sleep(0.05)
        shop.run("sync").fails(5, "another run holds")
    finally:
        first.terminate()
    assert ended(first).code in (0, 143)


@pytest.mark.timeout(900)
@pytest.mark.untraced
def test_a_backfill_that_is_killed_goes_on_and_ends_with_what_the_views_say(shop, request, tell):
    """Orders change between the kills, and are sent again only for that or for a doubt."""
    is_long = request.config.getoption("--long")
    orders, days, kills = (ISSUE, WINDOWS, 5) if is_long else (ORDERS, 10, 2)
    fill(shop, orders, days)
    shop.configure(read_timeout=1)  # waits for requests in flight
    draw, doubts, edited = random.Random(5), 0, 0
    for number in range(kills):
        most = shop.sandbox.counts()["orders"] + draw.randint(1, orders // (kills + 2))
        process = shop.start("backfill", "northbeam", "--window", "day", before=NOT_LONG)
        while shop.sandbox.counts()["orders"] < most:
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(draw.choice((0, draw.uniform(0, 0.2))))
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
        ((count,),) = shop.remembered("select count(*) from ledger.in_doubt")
        doubts += count
        edited += shop.sql(EDIT, name=f"Edit {number}", number=number)[0][0]
    process = shop.start("backfill", "northbeam", "--window", "day", before=NOT_LONG)
    result = ended(process, 600)
    assert result.code == 0, result.err
    writes = shop.sandbox.writes()
    again = sum(writes.values()) - orders
    tell(f"{orders:,} orders, {kills} kills: {doubts} orders in doubt, {again} sent twice")
    assert len(writes) == orders
    assert again <= doubts + edited
    held = {order["order_id"]: order["customer_name"] for order in shop.sandbox.orders()}
    assert held == dict(shop.sql("select order_id, customer_name from northbeam__orders"))
    assert shop.sync()["requests"] == 0


def test_a_period_that_ends_before_it_begins_is_refused(shop):
    shop.orders(0, 5)
    backfill(shop, "--from", "2026-02", "--to", "2026-01").fails(2, "--from is later than --to")


def test_an_oldest_day_that_is_wholly_refused_does_not_stop_a_backfill(shop):
    """Neither at a first load, nor when the account has accepted other orders before."""
    fill(shop, 600, days=20)
    shop.sandbox.poison(everything="too old")
    shop.configure(concurrency=1)
    everything = backfill(shop)
    assert everything.code == 2
    assert shop.remembered("select count(*) from ledger.deliveries") == [(0,)]
    shop.sandbox.poison(named="order-0000[0-8]")
    windows = backfill(shop).json()["windows"]
    assert [each["delivered"] for each in windows] == [0, 210, 210, 90]
    assert windows[0]["exit_code"] == 1
    assert shop.remembered(REFUSED_ORDERS) == [(90,)]
    assert shop.sync()["requests"] == 0


def test_an_account_that_took_others_tells_that_a_day_is_bad(shop):
    fill(shop, 600, days=40)
    assert backfill(shop, "--from", "2021-02").code == 0
    shop.sandbox.poison(unnamed="order-0000[0-2]")
    windows = backfill(shop, "--to", "2021-01-03").json()["windows"]
    assert windows[0]["exit_code"] == 1
    assert shop.remembered(REFUSED_ORDERS) == [(30,)]


def test_a_course_draws_others_when_windows_are_refused_and_comes_back_to_them():
    steps = [Step(window(utc(2021, 1, day), "day"), 1) for day in range(1, 31)]
    course, went = Course(steps, random.Random(1)), []
    for step in course:
        went.append(step)
        if step in steps[:15] and went.count(step) == 1:
            course.refuse(step)
        elif step not in steps[:15]:
            course.accept()
    assert set(went) == set(steps)
    assert went[0] == steps[0]
    assert went[-1] == steps[-1]
    course, went = Course(steps, random.Random(1)), []
    for step in course:
        went.append(step)
        course.refuse(step)
    assert len(went) == REFUSED

"""Which alerts are raised, and which are not."""

import duckdb
import pytest

from connector.reporting.alerts import of_age, of_run
from connector.text.duration import lasting

GOOD = {"destination": "northbeam", "run_id": 2, "exit_code": 0, "orders": 10}


def kinds(alerts) -> list[str]:
    return [alert.kind for alert in alerts]


@pytest.mark.parametrize(
    ("run", "before", "told"),
    [
        pytest.param({}, None, [], id="a first run that is well"),
        pytest.param({}, {}, [], id="as well as before"),
        pytest.param({"exit_code": 4}, {}, ["failed"], id="unavailable"),
        pytest.param(
            {"exit_code": 4, "delivered": 5}, {}, ["partial_failure"], id="some delivered"
        ),
        pytest.param({"exit_code": 143}, {}, [], id="interrupted on purpose"),
        pytest.param({"exit_code": 1, "refused": 2}, {}, ["partial_failure"], id="refused now"),
        pytest.param({"exit_code": 1, "refused_before": 2}, {}, [], id="refused before"),
        pytest.param({"exit_code": 1, "invalid": 3}, {"invalid": 3}, [], id="invalid as before"),
        pytest.param(
            {"exit_code": 1, "invalid": 4}, {"invalid": 3}, ["partial_failure"], id="more"
        ),
        pytest.param({"orders": 0}, {}, ["no_orders"], id="an empty view"),
        pytest.param({"orders": 0}, None, [], id="an empty view from the first"),
        pytest.param({}, {"exit_code": 4}, ["recovered"], id="after a failure"),
        pytest.param({}, {"exit_code": None}, ["recovered"], id="after one that was killed"),
        pytest.param({"exit_code": 4}, {"exit_code": 4}, ["failed"], id="failing on"),
    ],
)
def test_a_run_is_told_of_by_what_changed_since_the_run_before(run, before, told):
    previous = before if before is None else {**GOOD, "run_id": 1, **before}
    assert kinds(of_run({**GOOD, **run}, previous)) == told


@pytest.mark.parametrize(
    ("seconds", "cadence", "told"),
    [
        (10_000, 10_800, []),
        (11_800, 10_800, []),  # a run takes its time
        (11_900, 10_800, ["late"]),
        (None, 10_800, ["late"]),
        (None, None, []),
        (1e9, None, []),
    ],
)
def test_a_destination_is_late_by_its_cadence_alone(seconds, cadence, told):
    assert kinds(of_age("northbeam", seconds, cadence)) == told


def test_a_late_destination_says_since_when():
    (alert,) = of_age("northbeam", 4 * 3600 + 300, 3 * 3600)
    assert "4 h 5 min ago, the cadence is 3 h" in alert.message


def test_a_success_after_a_failure_is_good_news():
    (alert,) = of_run(GOOD, {**GOOD, "run_id": 1, "exit_code": 4})
    assert alert.kind == "recovered"
    assert "run 1 ended with exit code 4" in alert.message


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (42.4, "42 s"),
        (61, "1 min 1 s"),
        (90_061, "1 d 1 h"),
        (86_430, "1 d"),
        (3_604, "1 h"),
    ],
)
def test_a_length_of_time_is_told_in_its_largest_unit_and_the_next(seconds, told):
    assert lasting(seconds) == told


# At the end of a run.


def told(result) -> list[tuple[str, str]]:
    return [(alert["kind"], alert["message"]) for alert in result.json()[0]["alerts"]]


def test_a_run_tells_what_is_worth_telling_and_status_tells_it_again(shop):
    shop.orders(0, 5)
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000001'")
    (alert,) = told(shop.run("sync", "--output", "json"))
    assert alert[0] == "partial_failure"
    assert "1 order is invalid (first run)" in alert[1]
    assert told(shop.run("status", "--output", "json")) == [alert]
    shop.sql("alter table northbeam__orders drop column tax")
    ((kind, message),) = told(shop.run("sync", "--output", "json"))
    assert (kind, "exit code 2" in message) == ("failed", True)
    assert "northbeam__orders.tax is missing" in message
    assert message.partition("nothing: ")[2] in shop.run("status", "--details").out
    shop.sql("alter table northbeam__orders add column tax decimal(18, 2) default 2.00")
    again = told(shop.run("sync", "--output", "json"))
    assert [kind for kind, _ in again] == ["recovered"]  # and no more are invalid than before
    assert "partial failure" not in shop.run("status", "--details").out


def test_an_unexpected_resend_is_told_with_its_cause_whether_it_goes_or_not(shop):
    shop.orders(0, 20)
    shop.configure(guards={"floor": 10})
    shop.sync()
    shop.sql("update northbeam__orders set tax = tax + 1")
    for arguments, code in ((["plan"], 6), (["sync"], 6), (["sync", "--yes"], 0)):
        result = shop.run(*arguments, "--output", "json")
        assert result.code == code
        messages = [message for kind, message in told(result) if kind == "resend"]
        assert ["most changed: tax (100% of 20 sampled orders)" in each for each in messages] == [
            True
        ]


def test_an_empty_view_is_told_once(shop):
    shop.orders(0, 5)
    shop.sync()
    for table in ("orders", "products"):
        shop.sql(f"delete from northbeam__{table}")
    result = shop.run("sync", "--output", "json")
    assert [kind for kind, _ in told(result)] == ["no_orders", "failed"]


# Runs that never began, and odd clocks.


def test_what_keeps_a_run_from_beginning_is_recorded_with_its_reason(shop, monkeypatch):
    """A missing key in a scheduler must not look like a healthy destination."""
    shop.orders(0, 5)
    assert shop.sync()["exit_code"] == 0
    monkeypatch.delenv("NORTHBEAM_API_KEY")
    shop.run("sync").fails(2, "NORTHBEAM_API_KEY")
    monkeypatch.setenv("NORTHBEAM_API_KEY", "planted-api-key")
    shop.run("status", "--details").fails(
        1, "failing", "exit code 2", "NORTHBEAM_API_KEY, which is not set"
    )
    shop.warehouse.rename(shop.directory / "away.duckdb")
    shop.run("backfill", "northbeam").fails(2, "oms.duckdb does not exist")
    shop.run("status", "--details").fails(1, "run 3 ended", "backfill", "oms.duckdb does not exist")
    (shop.directory / "away.duckdb").rename(shop.warehouse)
    assert shop.sync()["exit_code"] == 0
    assert "well" in shop.run("status", "--details").out


def test_a_typo_in_the_settings_is_recorded_as_far_as_they_can_be_read(shop):
    shop.write(
        "warehouse: {path: oms.duckdb}\n"
        "destinations: {northbeam: {environment: uat, api_key: '${A}', client_id: '${B}', x: 1}}\n"
    )
    shop.run("sync").fails(2, "northbeam.x is not known")
    found = shop.remembered("select environment, exit_code, error from ledger.run_history")
    assert [row[:2] for row in found] == [("uat", 2)]
    assert "northbeam.x is not known" in found[0][2]


def test_a_slip_of_the_hand_is_not_recorded(shop):
    shop.orders(0, 5)
    shop.run("sync", "--order-id", "nobody").fails(2)
    shop.run("sync", "nothbeam").fails(2, "did you mean 'northbeam'")
    assert shop.run("runs", "--output", "json").json() == []


def test_runs_are_ordered_by_number_and_a_success_in_the_future_is_told(shop):
    shop.orders(0, 5)
    shop.configure(cadence="1h")
    shop.sync()
    with duckdb.connect(str(shop.ledger)) as ledger:
        ledger.execute("update runs set recorded_at = recorded_at + interval 30 day")
    shop.run("status", "--details").fails(
        0, "clock", "in the future; check the clock of the machine"
    )
    shop.sync()
    assert "future" not in shop.run("status", "--details").out

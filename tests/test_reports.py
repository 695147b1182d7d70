"""`connector errors` and `connector runs`: what failed, when, and what each run did."""

import csv
import io

import pytest

from tests.shop import Shop, make_shop

INVALID, WARNED, REFUSED = "order-000002", "order-000004", "order-000006"


@pytest.fixture(scope="module")
def told(tmp_path_factory, sandbox_process):
    """A shop after three runs: 8 of 10 orders delivered, nothing to do, and a model that broke."""
    sandbox_process.reset()
    shop = next(make_shop(tmp_path_factory.mktemp("told"), sandbox_process))
    shop.orders(0, 10)
    shop.sql(f"update northbeam__orders set currency = 'XXX' where order_id = '{INVALID}'")
    shop.sql(
        f"update northbeam__orders set customer_id = 'a@b.example' where order_id = '{WARNED}'"
    )
    sandbox_process.poison(named=REFUSED)
    assert shop.sync()["delivered"] == 8
    sandbox_process.poison()
    shop.sync()
    shop.sql("alter table northbeam__orders drop column tax")
    shop.run("sync").fails(2)
    return shop


def errors(shop: Shop, *arguments: str) -> list[dict]:
    return shop.run("errors", "--output", "json", *arguments).json()


# errors


def test_an_error_is_told_as_the_vendor_s_own_page_tells_it(told):
    (error,) = errors(told, "--type", "refused")
    assert (error["type"], error["order_id"], error["status"]) == ("refused", REFUSED, 400)
    assert (error["run_id"], error["batch_id"], error["request_id"]) == (1, 1, "1-1")
    assert error["field"].startswith("$")
    assert error["message"]
    assert " at $" not in error["message"]
    (invalid,) = errors(told, "--type", "invalid")
    assert (invalid["rule"], invalid["field"], invalid["status"]) == (
        "currency.enum",
        "currency",
        None,
    )


@pytest.mark.parametrize(
    ("arguments", "orders"),
    [
        ((), {INVALID, REFUSED}),
        (("--warnings",), {INVALID, REFUSED, WARNED}),
        (("--type", "warning"), {WARNED}),
        (("--type", "warning", "--type", "refused"), {WARNED, REFUSED}),
        (("--rule", "currency.enum"), {INVALID}),
        (("--rule", "tax.minimum"), set()),
        (("--order-id", REFUSED), {REFUSED}),
        (("--since", "1h"), {INVALID, REFUSED}),
        (("--since", "2999-01-01"), set()),
        (("--since", "2020-01-01T00:00:00Z"), {INVALID, REFUSED}),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_errors_are_chosen_by_rule_type_time_and_order(told, arguments, orders):
    assert {row["order_id"] for row in errors(told, *arguments)} == orders


def test_a_time_that_is_none_is_refused_with_what_to_write(told):
    told.run("errors", "--since", "yesterday").fails(2, "'yesterday'", "2d", "2026-03-14")


def test_the_trend_counts_the_errors_of_each_day(told):
    (day,) = errors(told, "--trend")
    counts = [day[name] for name in ("runs", "delivered", "refused", "invalid")]
    assert counts == [3, 8, 1, 1]
    (row,) = csv.DictReader(io.StringIO(told.run("errors", "--trend", "--output", "csv").out))
    assert row == {name: str(value) for name, value in day.items()}
    assert errors(told, "--trend", "--since", "2999-01-01") == []


def test_the_trend_takes_no_choice_of_errors(told):
    told.run("errors", "--trend", "--rule", "currency.enum").fails(2, "--since")


# runs


def test_runs_are_listed_the_newest_first_with_lengths_and_counts(told):
    broken, idle, first = told.run("runs", "--output", "json").json()
    assert (first["run_id"], first["exit_code"], first["command"]) == (1, 1, "sync")
    assert (first["delivered"], first["refused"], first["invalid"]) == (8, 1, 1)
    assert 0 <= first["seconds"] < 180
    assert first["started_at"] <= first["finished_at"] <= idle["started_at"]
    assert (idle["requests"], idle["delivered"]) == (0, 0)
    assert (broken["exit_code"], broken["delivered"]) == (2, None)
    lines = told.run("runs").out.splitlines()
    assert lines[0].split()[:3] == ["run", "account", "command"]
    assert [line.split()[0] for line in lines[1:]] == ["3", "2", "1"]


def test_runs_may_be_few_and_of_one_environment(told):
    assert len(told.run("runs", "--limit", "1", "--output", "json").json()) == 1
    assert told.run("runs", "--environment", "production").out == "no run yet\n"
    told.run("runs", "--destination", "nothbeam").fails(2, "'northbeam'")


def test_a_run_is_told_with_its_batches(told):
    run = told.run("runs", "1", "--output", "json").json()
    (batch,) = run["batches"]
    assert (batch["batch_id"], batch["delivered"], batch["refused"]) == (1, 8, 1)
    assert batch["statuses"] == [200, 400]
    assert batch["request_ids"][:2] == ["1-1", "1-2"]
    assert run["started_at"] <= batch["first_at"] <= batch["last_at"] <= run["finished_at"]
    assert "statuses" in told.run("runs", "1").out
    told.run("runs", "99").fails(2, "no run 99", "connector runs")


def test_reports_need_no_warehouse(told, tmp_path):
    shop = Shop(tmp_path, told.sandbox)
    text = (told.directory / "connector.yml").read_text()
    text = text.replace("path: oms.duckdb", "path: nowhere.duckdb")
    shop.write(text.replace(".connector/", f"{told.directory}/.connector/"))
    for command in ("runs", "errors", "status"):
        assert shop.run(command).code == (1 if command == "status" else 0)

"""Verification in time, resumed after a stop, from a file, and its later reports."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from connector.runs.workspace import Options, configured, opened
from connector.verify.outcome import Outcome
from connector.verify.record import record
from connector.verify.rows import rows_of
from connector.verify.verify import verify
from tests.conformance.examples import CONTRACTS, examples
from tests.conformance.shop import DestinationShop, plant
from tests.sandbox_process import Sandbox
from tests.shop import Shop


def verified(shop: Shop, code: int, *arguments: str) -> dict:
    result = shop.run("--quiet", "verify", "--output", "json", *arguments)
    assert result.code == code, result.out + result.err
    (found,) = result.json()
    return found


@pytest.fixture
def yespo(sandbox: Sandbox, tmp_path: Path) -> DestinationShop:
    contract = CONTRACTS["yespo"]
    plant(contract)
    shop = DestinationShop(tmp_path, sandbox.at("yespo"), examples(contract))
    shop.make()
    shop.configure()
    return shop


def test_a_destination_that_gives_nothing_back_is_told_plainly(yespo):
    yespo.orders(0, 3)
    yespo.sync()
    found = verified(yespo, 7)
    assert (found["exit_code"], found["delivered"], found["in_doubt"]) == (7, 3, 0)
    result = yespo.run("verify")
    result.fails(7, "yespo cannot be read back", "3 orders as accepted", "--file")
    assert yespo.sandbox.counts()["requests"] == 1


def exported(shop: DestinationShop, path: Path, **changes: dict) -> None:
    """Write what the sandbox holds as the export to BigQuery does, with some changed rows."""
    names = ("externalOrderId", "orderDate", "totalCost", "Status", "email")
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, names)
        rows.writeheader()
        for order in shop.sandbox.orders():
            row = {
                "externalOrderId": order["externalOrderId"],
                "orderDate": order["date"][:10],
                "totalCost": order["totalCost"],
                "Status": {"CANCELLED": "CANCELED"}.get(order["status"], order["status"]),
            }
            row |= changes.get(order["externalOrderId"], {})
            if row["totalCost"] is not None:
                rows.writerow(row)


def test_an_export_is_compared_with_the_views(yespo, tmp_path):
    yespo.orders(0, 6)
    yespo.update(yespo.contract.orders, "status", "'CANCELLED'", 5)
    yespo.sync()
    path, key = tmp_path / "orders.csv", yespo.key
    exported(yespo, path)
    # An export may lack what was sent on the day of its newest order, or later.
    early = {key(0): {"totalCost": None}, key(5): {"orderDate": "2099-01-01"}}
    exported(yespo, path, **early)
    found = verified(yespo, 1, "--file", str(path))
    assert [row["order_id"] for row in found["findings"]] == [key(0), key(5)]
    exported(yespo, path, **{key(0): {"totalCost": None}, key(1): {"totalCost": 1}})
    found = verified(yespo, 0, "--file", str(path))
    assert (found["too_early"], found["equal"]) == (2, 4)
    with duckdb.connect() as connection:
        parquet = tmp_path / "orders.parquet"
        connection.execute(f"copy (from read_csv('{path}')) to '{parquet}'")
    assert verified(yespo, 0, "--file", str(parquet))["too_early"] == 2
    path.write_text("number,total\n1,2\n")
    yespo.run("verify", "--file", str(path)).fails(2, "externalOrderId")
    (tmp_path / "orders.xls").write_text("")
    yespo.run("verify", "--file", str(tmp_path / "orders.xls")).fails(2, ".csv, .parquet")


def test_a_verification_goes_on_where_it_was_stopped(shop):
    shop.orders(0, 5)
    later = "time_of_purchase = time_of_purchase + interval 20 day"
    shop.sql(f"update northbeam__orders set {later} where order_id = 'order-000004'")
    shop.sync()
    shop.sandbox.delete("order-000000")

    def stop(done: int, _: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    (account,), warehouse = configured(Options(project_dir=shop.directory), ["northbeam"])
    with (
        pytest.raises(KeyboardInterrupt),
        opened(account, warehouse, read_only=True) as workspace,
    ):
        verify(workspace.job, workspace.ledger, None, stop)
    (kept,) = shop.ledger.parent.glob("*.verify-*.duckdb")
    assert kept.stat().st_mode & 0o777 == 0o600
    stopped = kept.read_bytes()
    assert verified(shop, 1, "--to", "2026-01-02")["requests"] == 4  # another one
    kept.write_bytes(stopped)
    found = verified(shop, 1)
    assert (found["days"], found["requests"]) == (23, 13)
    assert (found["missing"], found["equal"]) == (1, 4)
    assert not list(shop.ledger.parent.glob("*.verify-*"))
    assert verified(shop, 1)["requests"] == 23


def test_what_was_just_sent_is_too_early_and_what_was_sent_today_is_late(shop):
    """The sandbox acts as production, which shows orders only after a while."""
    shop.configure(environment="production", attempts=1)
    shop.orders(0, 5)
    shop.sync()
    shop.sandbox.delete("order-000001")
    shop.sandbox.change("order-000002", tax=1)
    found = verified(shop, 0)
    assert (found["equal"], found["too_early"]) == (3, 2)
    for hours, code, kinds in ((3, 0, ("late", 2)), (50, 1, ("missing", 1))):
        with duckdb.connect(str(shop.ledger)) as ledger:
            ledger.execute(f"update answers set recorded_at = recorded_at - interval {hours} hour")
        found = verified(shop, code)
        assert (kinds[0], found[kinds[0]]) == kinds
    assert found["different"] == 1


def test_a_key_that_may_not_read_is_told_and_nothing_counts_as_missing(shop):
    shop.configure(attempts=1)
    shop.orders(0, 2)
    shop.sync()
    shop.sandbox.faults(["403"])
    shop.run("verify").fails(7, "HTTP 403", "check the credentials")
    shop.sandbox.faults(["503"])
    shop.run("verify").fails(4, "HTTP 503", "run the same command again")
    shop.configure(environment="uat", url="https://api-uat.northbeam.io/v2/orders")
    shop.run("verify").fails(7, "uat", "give --environment local, production")


def test_status_tells_of_the_last_verification(shop):
    shop.orders(0, 3)
    shop.sync()
    shop.sandbox.delete("order-000001")
    assert shop.run("status", "--output", "json").json()[0]["last_verification"] is None
    verified(shop, 1)
    (row,) = shop.run("status", "--output", "json").json()
    found = row["last_verification"]
    assert (found["missing"], found["equal"], found["from"]) == (1, 2, "2026-01-01")
    (alert,) = row["alerts"]
    assert (alert["kind"], "1 missing" in alert["message"]) == ("differs", True)
    assert "last verification" in shop.run("status", "--details").out
    metrics = shop.directory / "connector.prom"
    shop.sync("--metrics-file", str(metrics))
    where = 'destination="northbeam",environment="'
    (line,) = re.findall(rf"last_verification_orders.{where}[^}}]*missing.*", metrics.read_text())
    assert line.endswith(" 1")
    verified(shop, 1, "--repair")
    verified(shop, 0)
    for target in (str(shop.directory / "exports"), "warehouse"):
        assert shop.run("export", "--to", target).code == 0
    select = "select exit_code, equal, missing, first_day::varchar from"
    expected = [(1, 2, 1, "2026-01-01"), (1, 2, 1, "2026-01-01"), (0, 3, 0, "2026-01-01")]
    assert shop.sql(f"{select} connector.verifications") == expected
    parquet = shop.directory / "exports" / "verifications.parquet"
    assert shop.sql(f"{select} '{parquet}'") == expected
    assert shop.run("status", "--output", "json").json()[0]["alerts"] == []


def test_text_and_csv_tell_the_same(shop):
    shop.orders(0, 3)
    shop.sync()
    shop.sandbox.change("order-000001", purchase_total=99)
    result = shop.run("verify")
    result.fails(1, "purchase_total is 99 there, 12.5 here", "totals of 2026-01-01 GBP", "--repair")
    lines = list(csv.DictReader(shop.run("verify", "--output", "csv").out.splitlines()))
    assert [(row["kind"], row["order_id"], row["there"]) for row in lines] == [
        ("different", "order-000001", "99")
    ]
    shop.run("verify", "--last", "7d", "--from", "2026").fails(2, "--last")
    assert verified(shop, 0, "--last", "7d")["orders"] == 0


def test_a_secret_that_is_a_part_of_a_word_changes_no_row(shop, monkeypatch):
    monkeypatch.setenv("NORTHBEAM_API_KEY", "channel")
    monkeypatch.setenv("NORTHBEAM_CLIENT_ID", "c")
    shop.orders(0, 2)
    shop.sync()
    assert verified(shop, 0)["equal"] == 2
    shop.sandbox.giving(error="channel is closed")
    result = shop.run("verify")
    shop.sandbox.giving()
    result.fails(7, "[api_key] is")
    assert "channel is closed" not in result.out + result.err


def test_a_shop_with_more_orders_a_day_than_an_answer_has_is_told_so_for_each_day(shop):
    """And not that it cannot be read at all."""
    shop.orders(0, 3 * 1440)  # of three days, one a minute
    shop.sync()
    found = verified(shop, 7, "--from", "2026-01-02", "--to", "2026-01-02")
    assert (found["days_cut_off"], found["missing"], found["different"]) == (3, 0, 0)
    assert (found["equal"], found["cannot_tell"]) == (1000, 440)


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ('[{"a":1}]', '[{"a":1}]'),
        ('"[{\\"a\\":1}]"', '[{"a":1}]'),
        ('{"success":true,"data":[{"a":1}]}', '[{"a":1}]'),
        ('{"data":{"rows":[{"a":1}]}}', '[{"a":1}]'),
        ('{"data":null}', "[]"),
        ('{"data":[],"error":"no such column"}', None),
        ('{"data":[],"exception":"no such column"}', None),
        ('{"success":false,"data":[]}', None),
        ('{"message":"hello"}', None),
        ('"hello"', None),
        ("<html></html>", None),
        ("", None),
    ],
)
def test_rows_are_found_however_they_are_wrapped(answer, rows):
    with duckdb.connect() as connection:
        assert rows_of(connection, answer, ["data", "data.rows"]) == rows


def test_a_run_that_holds_the_ledger_is_waited_for(shop, monkeypatch):
    """So that its findings are remembered when it ends."""
    shop.orders(0, 1)
    shop.sync()
    outcome = Outcome(verified(shop, 0))
    (account,), _ = configured(Options(project_dir=shop.directory), ["northbeam"])
    monkeypatch.setattr("connector.ledger.file.WAIT", 0.0)
    hold = f"import duckdb; c = duckdb.connect('{shop.ledger}'); print(1, flush=True); input()"
    command = [sys.executable, "-c", hold]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        holder.stdout.readline()
        record(account, outcome, lambda _: holder.communicate(b"\n"))
    assert shop.remembered("select count(*) from ledger.verifications") == [(2,)]

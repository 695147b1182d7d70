"""The output of each command in each format, and its exit code."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import version

import pytest

from connector.cli import COMMANDS
from connector.ledger.beside import progress
from tests.sandbox_process import sandbox as run_sandbox
from tests.shop import Shop, make_shop

MAIN = "from connector.cli import main; main()"
INVALID, WARNED, REFUSED = "order-000002", "order-000004", "order-000006"
MIXTURE = f"""
update northbeam__orders set currency = 'XXX', tax = -1 where order_id = '{INVALID}';
update northbeam__orders set customer_id = 'a@b.example' where order_id = '{WARNED}';
"""
COUNTS = [
    *("orders", "added", "changed", "unchanged", "removed", "in_doubt", "invalid"),
    *("refused_before", "planned", "delivered", "refused", "pending"),
    *("batches", "requests", "retries", "bytes"),
]


@pytest.fixture
def mixed(shop):
    """Ten orders: one is invalid for two rules, one has a warning, one is refused."""
    shop.orders(0, 10)
    shop.sql(MIXTURE)
    shop.sandbox.poison(named=REFUSED)
    return shop


@pytest.fixture(scope="module")
def synced_before(tmp_path_factory, sandbox_process):
    """The directory of such a shop after its first sync, to be copied."""
    shop = next(make_shop(tmp_path_factory.mktemp("synced"), sandbox_process))
    shop.orders(0, 10)
    shop.sql(MIXTURE)
    sandbox_process.poison(named=REFUSED)
    assert shop.sync()["delivered"] == 8
    sandbox_process.poison()
    return shop.directory


@pytest.fixture
def synced(synced_before, tmp_path, sandbox):
    """A shop after its first sync, whose sandbox refuses nothing any more."""
    return Shop(shutil.copytree(synced_before, tmp_path / "shop"), sandbox)


def started(shop: Shop, *arguments: str, **pipes) -> subprocess.Popen:
    """Start `connector` as a process of its own."""
    command = [sys.executable, "-c", MAIN, "--project-dir", str(shop.directory), *arguments]
    return subprocess.Popen(command, **pipes)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# sync and plan


def test_plan_sends_nothing_and_says_what_would_be_sent(mixed):
    result = mixed.run("plan")
    assert result.code == 1
    assert mixed.sandbox.counts()["requests"] == 0
    assert re.search(r"orders in the view +10\n", result.out), result.out
    assert re.search(r"to send +9 +9 new: 1 request, 3\.\d kB\n", result.out), result.out
    assert re.search(r"invalid +1 .*connector validate", result.out), result.out
    assert "first added: order-000000, order-000001, order-000003" in result.out
    assert f"first invalid: {INVALID}" in result.out
    assert not mixed.ledger.exists()


def test_sync_prints_its_numbers_with_what_to_do(mixed):
    result = mixed.run("sync")
    assert result.code == 1
    for line in (
        r"orders in the view +10\n",
        r"delivered +8 +[23] requests, 0 retries, \d\.\d kB, \d+\.\d s, .* orders/s\n",
        r"refused now +1 +see `connector errors northbeam`",
        r"invalid +1 +see `connector errors northbeam`",
        r"with warnings +[12] ",
        r"refused, 1 order: order cannot be processed",
    ):
        assert re.search(line, result.out), result.out
    before = mixed.run("sync").out
    assert re.search(r"refused before +1 +see .*`connector retry northbeam`", before), before


@pytest.mark.parametrize("command", ["sync", "plan"])
def test_the_json_of_a_run_is_stable(mixed, command):
    result = mixed.run(command, "--output", "json")
    (summary,) = result.json()
    texts = {"destination": str, "environment": str, "examples": dict, "seconds": float}
    assert all(type(summary[name]) is int for name in COUNTS), summary
    assert all(isinstance(summary[name], kind) for name, kind in texts.items()), summary
    assert summary["run_id"] == (1 if command == "sync" else None)
    assert (summary["exit_code"], result.code) == (1, 1)
    assert summary["destination"] == "northbeam"
    assert summary["environment"].startswith("local")
    assert result.summary() == summary


def test_the_json_of_a_run_that_sent_nothing_says_why(mixed):
    mixed.warehouse.unlink()
    result = mixed.run("sync", "--output", "json")
    (summary,) = result.json()
    assert (summary["exit_code"], result.code) == (2, 2)
    assert "does not exist" in summary["error"]
    assert summary["delivered"] is None


def test_plan_tells_the_kinds_apart(synced):
    synced.orders(10, 12)
    synced.sql("update northbeam__orders set customer_name = 'E' where order_id = 'order-000001'")
    plan = synced.plan()
    examples = plan["examples"]
    assert examples["added"] == ["order-000010", "order-000011"]
    assert examples["changed"] == ["order-000001"]
    assert examples["invalid"] == [INVALID]
    out = synced.run("plan").out
    assert re.search(r"to send +3 +2 new, 1 changed: 1 request, 1\.\d kB", out), out
    assert "first changed: order-000001" in out


def test_an_option_that_makes_no_sense_is_told(shop):
    shop.run("sync", "--limit", "0").fails(2, "--limit")
    shop.run("sync", "--ful").fails(2, "--ful", "--full")
    shop.run("retry", "northbeam").fails(2, "--order-id", "--all")
    shop.run("retry", "northbeam", "--all", "--order-id", "x").fails(2, "--order-id", "--all")
    shop.run("plan", "--output", "xml").fails(2, "--output", "json")


# validate


def test_validate_groups_by_rule(mixed):
    result = mixed.run("validate")
    assert result.code == 1
    assert result.out.startswith("northbeam: 10 orders, 1 invalid, 1 with warnings only\n")
    assert re.search(rf"error +1 +currency\.enum, for example {INVALID}\n +currency ", result.out)
    assert re.search(rf"warning +1 +customer_id\.is_no_email, for example {WARNED}\n", result.out)
    assert mixed.sandbox.counts()["requests"] == 0


def test_validate_lists_every_violation_as_json_and_csv(mixed):
    rows = mixed.run("validate", "--output", "json").json()
    found = {(row["order_id"], row["rule"], row["severity"]) for row in rows}
    assert {
        (INVALID, "currency.enum", "error"),
        (INVALID, "tax.minimum", "error"),
        (WARNED, "customer_id.is_no_email", "warning"),
    } <= found
    assert all(row["message"].startswith(row["field"]) for row in rows), rows
    assert table(mixed.run("validate", "--output", "csv").out) == rows


def test_validate_judges_orders_that_were_delivered_too(synced):
    assert synced.run("validate").out.startswith("northbeam: 10 orders, 1 invalid")


def test_valid_orders_end_validate_with_0(shop):
    shop.orders(0, 3)
    result = shop.run("validate")
    assert (result.code, result.out) == (
        0,
        "northbeam: 3 orders, 0 invalid, 0 with warnings only\n",
    )
    assert shop.run("validate", "--output", "json").json() == []


# show


def test_show_prints_the_payload_as_it_is_sent(synced):
    result = synced.run("show", WARNED)
    assert result.code == 0
    assert f"{WARNED} · northbeam · local@" in result.out
    assert '"purchase_total": 12.5' in result.out
    assert '"price": 5' in result.out
    assert re.search(r"\d{3} bytes as sent", result.out)
    assert "warning: customer_id.is_no_email: customer_id looks like" in result.out
    assert re.search(r"run 1 \S+ \d\d:\d\d delivered \(HTTP 200\)", result.out)


def test_show_as_json_keeps_decimals_exact(mixed):
    result = mixed.run("show", WARNED, "--output", "json")
    assert '"purchase_total": 12.5' in result.out
    (order,) = result.json()
    assert order["payload"]["order_id"] == WARNED
    mixed.sync()
    (sent,) = [text for text in mixed.sandbox.texts() if WARNED in text]
    assert order["bytes"] == len(sent.encode())
    assert order["payload"] == json.loads(sent)


def test_show_prints_an_invalid_order_with_what_is_wrong(mixed):
    (order,) = mixed.run("show", INVALID, "--output", "json").json()
    assert order["payload"]["currency"] == "XXX"
    assert {"currency.enum", "tax.minimum"} <= {row["rule"] for row in order["violations"]}
    assert "never sent" in mixed.run("show", INVALID).out


def test_show_prints_why_an_order_was_refused_and_what_happened_since(synced):
    synced.sandbox.poison()
    synced.run("retry", "northbeam", "--order-id", REFUSED)
    history = synced.run("show", REFUSED, "--output", "json").json()[0]["history"]
    assert [(event["run_id"], event["outcome"]) for event in history] == [
        (1, "refused"),
        (2, "delivered"),
    ]
    assert history[0]["status"] == 400
    assert "order cannot be processed" in history[0]["reason"]


def test_show_says_when_there_is_no_such_order(mixed):
    result = mixed.run("show", "order-99")
    assert result.code == 1
    assert "not in the view" in result.out
    mixed.run("show", "order-000001", "--destination", "nothbeam").fails(2, "'northbeam'")


# errors and status


def test_errors_lists_what_does_not_reach_the_destination(mixed):
    told = "no run yet; `connector validate` judges the orders of the views\n"
    assert mixed.run("errors").out == told
    mixed.sync()
    rows = mixed.run("errors", "--output", "json").json()
    assert {(row["type"], row["order_id"], row["rule"]) for row in rows} >= {
        ("invalid", INVALID, "currency.enum"),
        ("refused", REFUSED, None),
    }
    (refused,) = [row for row in rows if row["type"] == "refused"]
    assert (refused["status"], refused["run_id"]) == (400, 1)
    assert "order cannot be processed" in refused["message"]
    assert WARNED not in {row["order_id"] for row in rows}


def test_errors_as_text_and_csv_say_the_same(synced):
    rows = synced.run("errors", "--output", "json").json()
    texts = [{name: str(value or "") for name, value in row.items()} for row in rows]
    assert table(synced.run("errors", "--output", "csv").out) == texts
    lines = synced.run("errors").out.splitlines()
    assert len(lines) == 1 + len(rows)
    assert lines[0].split() == list(rows[0])
    assert "order cannot be processed" in lines[-1]


def test_errors_lists_warnings_when_asked(synced):
    rows = synced.run("errors", "--warnings", "--output", "json").json()
    assert (WARNED, "warning") in {(row["order_id"], row["type"]) for row in rows}


def test_errors_as_csv_have_a_header_when_there_are_none(mixed):
    assert mixed.run("errors", "--output", "csv").out.startswith("destination,type,order_id")


def test_status_before_the_first_run(mixed):
    out = mixed.run("status", "--details").out
    assert "northbeam · local@" in out
    assert "no run yet" in out
    assert not mixed.ledger.exists()


def test_status_says_what_is_there_and_how_the_last_run_ended(synced):
    (row,) = synced.run("status", "--output", "json").json()
    counts = [row[name] for name in ("delivered", "refused", "invalid", "in_doubt")]
    assert counts == [8, 1, 1, 0]
    assert (row["last_run"]["run_id"], row["last_run"]["exit_code"]) == (1, 1)
    assert row["last_run"]["command"] == "sync"
    out = synced.run("status", "--details").out
    assert re.search(r"delivered +8\n", out), out
    assert re.search(r"run 1 ended .* ago \(20.* UTC\) with exit code 1\n", out), out


def test_status_names_the_command_of_the_last_run(synced):
    synced.run("retry", "northbeam", "--all")
    (row,) = synced.run("status", "--output", "json").json()
    assert (row["last_run"]["run_id"], row["last_run"]["command"]) == (2, "retry")


def test_status_says_how_a_run_ended_that_could_not_begin(synced):
    synced.sql("alter table northbeam__orders drop column tax")
    synced.run("sync").fails(2)
    assert synced.run("status", "--output", "json").json()[0]["last_run"]["exit_code"] == 2


def test_a_run_is_shown_while_it_holds_the_ledger(tmp_path):
    with run_sandbox("--latency", "900ms") as running:
        shop = next(make_shop(tmp_path, running))
        shop.configure(concurrency=1)
        shop.orders(0, 4000)
        with started(shop, "-q", "sync", stdout=subprocess.PIPE) as process:
            shown = _sending(shop)
            assert shown["process"] == process.pid
            assert (shown["destination"], shown["planned"]) == ("northbeam", 4000)
            words = (str(process.pid), "connector status")
            with running.silent():
                told = shop.run("status", "--details").out
                assert re.search(rf"sending, .*,000 orders \(process {process.pid}\)", told)
                shop.run("sync").fails(5, *words)
                shop.run("show", "order-000001").fails(5, *words)
            assert process.wait(60) == 0
        assert shop.run("status", "--output", "json").json()[0]["delivered"] == 4000
        assert shop.sync()["requests"] == 0


def test_a_killed_run_is_told_with_what_is_in_doubt(tmp_path):
    with run_sandbox("--latency", "300ms") as running:
        shop = next(make_shop(tmp_path, running))
        shop.configure(concurrency=1)
        shop.orders(0, 20_000)
        with started(shop, "-q", "sync", stdout=subprocess.PIPE) as process:
            _sending(shop, 2000)  # the first thousand is recorded before the second is counted
            process.kill()
        (row,) = shop.run("status", "--output", "json").json()
        assert row["delivered"] >= 1000
        # Those whose intent was written; what was not rendered yet was not meant to be sent yet.
        assert 1000 <= row["in_doubt"] <= 20_000 - row["delivered"]
        out = shop.run("status", "--details").out
        assert re.search(
            r"run 1 began .* ago \(20.* UTC\) and did not end: it was killed\n", out
        ), out
        assert re.search(r"in doubt, for example: order-\d+, .*; the next run sends them", out), out
        doubtful = row["in_doubt_examples"][0]
        assert "in_doubt" in shop.run("show", doubtful).out
        assert shop.plan()["in_doubt"] == row["in_doubt"]


def _sending(shop: Shop, delivered: int = 1) -> dict:
    """Wait until `status` shows that a run is sending, and has delivered so many orders."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        time.sleep(0.1)
        if (progress.read(shop.ledger) or {}).get("phase") != "sending":  # cheaper to ask
            continue
        result = shop.run("status", "--output", "json")
        running = result.json()[0].get("running") if result.code == 0 else None
        if running and running["phase"] == "sending" and running["delivered"] >= delivered:
            return running
    raise AssertionError(progress.read(shop.ledger))


# Progress and logs


def test_progress_goes_to_stderr_and_results_to_stdout(shop):
    shop.orders(0, 5)
    result = shop.run("sync")
    assert result.err.startswith("northbeam: reading the views\n")
    assert "delivered" in result.out
    assert "reading" not in result.out


def test_progress_says_how_many_are_done_and_how_long_it_takes(shop, monkeypatch):
    monkeypatch.setattr("connector.cli.output.display.EVERY", 0.0)
    shop.configure(concurrency=1)
    shop.orders(0, 2500)
    lines = shop.run("sync").err.splitlines()
    told = r"northbeam: [12],\d00 of 2,500 orders, \d+ (s|min.*) left"
    assert len([line for line in lines if re.fullmatch(told, line)]) >= 2, lines


def test_quiet_leaves_only_the_result(shop):
    shop.orders(0, 5)
    result = shop.run("-q", "sync")
    assert (result.code, result.err) == (0, "")
    assert "delivered" in result.out


def test_a_terminal_shows_a_bar(tmp_path):
    with run_sandbox("--latency", "400ms") as running:
        shop = next(make_shop(tmp_path, running))
        shop.orders(0, 1000)
        master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "CI": ""}
        process = started(shop, "sync", stdout=subprocess.PIPE, stderr=slave, env=environment)
        os.close(slave)
        shown = _read(master)
        out, _ = process.communicate(timeout=180)
    assert process.returncode == 0
    assert b"northbeam: sending" in shown
    assert b"1000/1000" in shown or b"0/1000" in shown, shown
    assert b"delivered" in out


def _read(terminal: int) -> bytes:
    """Read a terminal until all writers have closed it."""
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            os.close(terminal)
            return shown


def test_logs_as_json_are_one_object_a_line(shop):
    shop.orders(0, 2500)
    result = shop.run("-q", "-v", "--log-format", "json", "sync")
    events = [json.loads(line) for line in result.err.splitlines()]
    assert all({"at", "level", "logger", "event"} <= set(event) for event in events)
    for said in ("batch delivered", "request"):
        batches = [event["batch_id"] for event in events if event["event"] == said]
        assert sorted(batches) == [1, 2, 3], events
    assert {event["run_id"] for event in events if "run_id" in event} == {1}


def test_every_request_has_a_line_of_its_own(shop):
    shop.orders(0, 1500)
    shop.sandbox.faults(["503:1x"])
    result = shop.run("-q", "-v", "--log-format", "json", "sync")
    events = [json.loads(line) for line in result.err.splitlines()]
    requests = [event for event in events if event["event"] == "request"]
    assert {event["request_id"] for event in requests} == {"1-1", "1-2", "1-3"}
    assert sorted((event["attempt"], event["status"]) for event in requests) == [
        (1, 200),
        (1, 503),
        (2, 200),
    ]
    assert sum(event["orders"] for event in requests if event["status"] == 200) == 1500
    for event in requests:
        assert (event["destination"], event["environment"][:5]) == ("northbeam", "local")
        assert event["bytes"] > 100_000
        assert 0 <= event["seconds"] < 120
    # A server that is overloaded gets fewer requests at a time.
    assert next(event["workers"] for event in events if event["event"] == "workers") == 2


def test_logs_as_text_name_each_batch(shop):
    shop.orders(0, 1500)
    result = shop.run("-q", "-v", "sync")
    assert re.search(
        r"^[\d-]{10}T[\d:]{8}[+-]\d{4} .*batch_id=2 orders=500", result.err, re.MULTILINE
    ), result.err


def test_logs_of_everything_hold_no_secret_and_no_customer(mixed):
    result = mixed.run("-vv", "sync")
    assert "POST" in result.err
    for word in ("planted", "mail.example", "Some One"):
        assert word not in result.err


def test_logs_are_silent_without_v(shop):
    shop.orders(0, 5)
    assert shop.run("sync").err == "northbeam: reading the views\n"


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_an_example(shop, command):
    result = shop.run(command, "--help")
    assert result.code == 0
    assert f"  connector {command}" in result.out
    assert result.out.splitlines()[0].startswith(f"Usage: connector {command} ")


def test_the_help_lists_every_command(shop):
    result = shop.run("--help")
    assert result.code == 0
    assert all(re.search(rf"^  {command} +[A-Z]", result.out, re.MULTILINE) for command in COMMANDS)
    assert "dbt build && connector sync northbeam" in result.out


def test_the_version_is_that_of_the_package(shop):
    result = shop.run("--version")
    assert result.code == 0
    duckdb = re.escape(version("duckdb"))
    engines = rf"Python 3\.\d+\.\d+, DuckDB {duckdb}, dbt 1\.\S+, dbt-duckdb 1\.\S+"
    assert re.fullmatch(rf"connector, version \d+\.\d+\.\d+ \({engines}\)\n", result.out)


def test_an_unknown_command_is_named_with_the_nearest(shop):
    shop.run("snyc").fails(2, "'snyc'", "did you mean 'sync'?")
    shop.run("frobnicate").fails(2, "'frobnicate'", "--help")


def test_no_command_says_where_they_are_listed(shop):
    shop.run().fails(2, "connector --help")

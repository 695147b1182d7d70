"""Reports of a run: metrics files that Prometheus reads, webhooks, OpenTelemetry."""

import json
import stat
import subprocess
import sys
import time

import pytest
from opentelemetry import metrics as otel
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client.parser import text_string_to_metric_families

from connector.reporting.monitoring import metrics_file, telemetry
from connector.reporting.monitoring.run_report import OUTCOMES, RunReport
from tests.shop import Shop
from tests.talking_server import Talker, talking


def parsed(text: str) -> dict[tuple[str, ...], float]:
    """The samples of a Prometheus text file by name, destination and other labels."""
    return {
        (sample.name, *[value for key, value in sample.labels.items() if key != "environment"]): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "connector.prom"


@pytest.fixture
def mixed(shop: Shop) -> Shop:
    """Ten orders, of which one is invalid and one is refused."""
    shop.orders(0, 10)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id = 'order-000003'")
    shop.sandbox.poison(named="order-000005")
    shop.sql("alter table northbeam__orders add column _lifecycle varchar")
    shop.sql("update northbeam__orders set _lifecycle = 'draft' where order_id = 'order-000007'")
    return shop


# The metrics file.


def test_a_run_writes_what_prometheus_reads(mixed, path):
    began = time.time()
    mixed.run("sync", "--metrics-file", str(path)).fails(1)
    samples = parsed(path.read_text())
    last = "connector_last_run"
    assert began <= samples[f"{last}_timestamp_seconds", "northbeam"] <= time.time()
    assert samples[f"{last}_success", "northbeam"] == 1
    assert samples[f"{last}_exit_code", "northbeam"] == 1
    assert samples[f"{last}_orders", "northbeam", "delivered"] == 7
    assert samples[f"{last}_orders", "northbeam", "refused"] == 1
    assert samples[f"{last}_orders", "northbeam", "invalid"] == 1
    assert samples[f"{last}_orders", "northbeam", "pending"] == 0
    assert sum(samples[f"{last}_orders", "northbeam", each] for each in OUTCOMES) == 10
    assert samples[f"{last}_requests", "northbeam"] == mixed.sandbox.counts()["requests"]
    assert samples[f"{last}_bytes", "northbeam"] > 1000
    assert samples["connector_orders", "northbeam", "delivered"] == 7
    assert samples["connector_orders", "northbeam", "not_sent"] == 1
    assert samples["connector_orders", "northbeam", "in_doubt"] == 0
    assert samples["connector_last_success_timestamp_seconds", "northbeam"] >= began - 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in path.parent.glob(".*")] in ([], [".connector"])


def test_a_run_that_fails_keeps_the_time_of_the_last_success(shop, path):
    shop.orders(0, 3)
    shop.run("sync", "--metrics-file", str(path))
    success = parsed(path.read_text())["connector_last_success_timestamp_seconds", "northbeam"]
    shop.sql("update northbeam__orders set tax = 1")
    shop.configure(attempts=1)
    shop.sandbox.faults(["503"])
    shop.run("sync", "--metrics-file", str(path)).fails(4)
    samples = parsed(path.read_text())
    assert samples["connector_last_success_timestamp_seconds", "northbeam"] == success
    assert samples["connector_last_run_success", "northbeam"] == 0
    assert samples["connector_last_run_exit_code", "northbeam"] == 4
    assert samples["connector_orders", "northbeam", "in_doubt"] == 3


def test_a_run_that_cannot_begin_is_told_of(shop, path):
    shop.orders(0, 3)
    shop.run("sync", "--metrics-file", str(path))
    shop.warehouse.unlink()
    shop.run("sync", "--metrics-file", str(path)).fails(2)
    samples = parsed(path.read_text())
    assert samples["connector_last_run_exit_code", "northbeam"] == 2
    assert samples["connector_orders", "northbeam", "delivered"] == 3
    assert ("connector_last_run_requests", "northbeam") not in samples


FACTS = (
    {"alerts": []}
    | dict.fromkeys(("run_id", "batches", "requests", "retries", "bytes", "seconds", "reasons"))
    | dict.fromkeys(OUTCOMES)
)


def told(destination: str, exit_code: int = 0, **facts) -> RunReport:
    run = FACTS | {"destination": destination, "environment": 'a "b\\', "exit_code": exit_code}
    return RunReport(run | facts, {}, {})


def test_what_a_file_says_of_other_destinations_stays():
    first = metrics_file.render([told("one", 4)], 100.0)
    second = metrics_file.render([told("two")], 200.0, first)
    third = metrics_file.render([told("two", 3)], 300.0, f"{second}nonsense\nother{{}} 1\n")
    samples = parsed(third)
    assert samples["connector_last_run_timestamp_seconds", "one"] == 100
    assert samples["connector_last_run_timestamp_seconds", "two"] == 300
    assert samples["connector_last_run_exit_code", "two"] == 3
    assert "nonsense" not in third
    labels = {
        sample.labels["environment"]
        for family in text_string_to_metric_families(third)
        for sample in family.samples
    }
    assert labels == {'a "b\\'}


def test_a_metrics_file_that_cannot_be_written_does_not_fail_the_run(shop):
    shop.orders(0, 3)
    result = shop.run("sync", "--metrics-file", "/proc/connector.prom")
    assert result.code == 0
    assert "cannot be written" in result.err


def test_a_refusal_is_found_in_the_logs_by_its_request(mixed):
    result = mixed.run("-v", "--log-format", "json", "sync")
    logged = [json.loads(line) for line in result.err.splitlines() if line.startswith("{")]
    refused = [each for each in logged if each["event"] == "request" and each["status"] == 400]
    (error,) = mixed.run("errors", "--output", "json", "--type", "refused").json()
    assert error["request_id"] in {each["request_id"] for each in refused}
    assert error["batch_id"] == refused[0]["batch_id"]


# Webhooks.


class Channel:
    """A webhook that keeps its requests."""

    def __init__(self, status: int = 200) -> None:
        self.texts: list[str] = []
        self.status = status

    def __call__(self, headers, body):
        assert headers["Content-Type"] == "application/json"
        self.texts.append(json.loads(body)["text"])
        where = {"Location": "http://127.0.0.1:9/"} if self.status == 302 else {}
        return self.status, where, b"ok"


def listen(shop: Shop, server: Talker, monkeypatch, *keys: str) -> None:
    """Let the shop post to a server after failures, successes or both."""
    monkeypatch.setenv("CHANNEL", f"{server.url}/planted-secret")
    settings = shop.directory / "connector.yml"
    lines = "".join(f"{key}: ${{CHANNEL}}\n" for key in keys or ("on_failure", "on_success"))
    settings.write_text(settings.read_text() + lines)


def test_a_success_is_told_with_its_counts(shop, monkeypatch):
    shop.orders(0, 1500)
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch)
        assert shop.run("sync").code == 0
    (text,) = channel.texts
    first, counts = text.splitlines()
    assert first.startswith("✓ northbeam (local@127.0.0.1:")
    assert first.endswith(": run 1: everything planned was delivered")
    assert counts.startswith("1,500 delivered, 0 refused, 0 invalid, 0 pending, 0 unchanged; 2 req")


def test_a_failure_is_told_with_its_reasons_and_without_a_customer(mixed, monkeypatch):
    with talking(channel := Channel()) as server:
        listen(mixed, server, monkeypatch, "on_failure")
        result = mixed.run("-vv", "sync")
    (text,) = channel.texts
    assert text.startswith("✗ northbeam")
    assert "7 delivered, 1 refused, 1 invalid, 0 pending, 0 unchanged, 1 not sent;" in text
    assert "invalid: currency." in text
    assert "refused: " in text
    assert "partial failure: " in text
    for secret in ("mail.example", "Some One", "customer-", "order-000", "dollar"):
        assert secret not in text, text
    result.fails(1)


def test_a_run_that_ends_early_is_told_of(shop, monkeypatch):
    shop.orders(0, 3)
    shop.configure(attempts=1)
    shop.sandbox.faults(["503"])
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch)
        shop.run("sync").fails(4)
        shop.sandbox.faults([])
        shop.run("sync").fails(0)
    refused, recovered = channel.texts
    assert "the destination is unavailable" in refused
    assert "3 pending" in refused
    assert recovered.startswith("✓")
    assert "recovered: " in recovered


def test_a_failure_that_goes_on_is_told_once_and_its_end_once(shop, monkeypatch):
    """A scheduler retries every few minutes; one message is enough."""
    shop.orders(0, 3)
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch, "on_failure")
        shop.run("sync")
        monkeypatch.delenv("NORTHBEAM_API_KEY")
        for _ in range(3):
            shop.run("sync").fails(2)
        shop.warehouse.rename(shop.directory / "away.duckdb")
        shop.run("sync").fails(2)
        (shop.directory / "away.duckdb").rename(shop.warehouse)
        monkeypatch.setenv("NORTHBEAM_API_KEY", "planted-api-key")
        for _ in range(3):
            shop.run("sync").fails(0)
    failed, recovered = channel.texts
    assert "because: " in failed
    assert "NORTHBEAM_API_KEY, which is not set" in failed
    assert recovered.startswith("✓")
    assert "recovered: " in recovered


def test_a_ledger_that_is_held_is_told_once_and_its_end_once(shop, monkeypatch):
    """Nothing can be recorded in it meanwhile."""
    shop.orders(0, 3)
    shop.sync()
    shop.run("status")
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch, "on_failure")
        hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(); sys.stdin.read()"
        command = [sys.executable, "-c", hold, str(shop.ledger)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            progress = shop.ledger.with_suffix(".progress.json")
            progress.write_text(json.dumps({"process": process.pid}))
            for _ in range(3):
                shop.run("sync").fails(5, "another run holds")
            process.stdin.close()
        for _ in range(2):
            shop.run("sync").fails(0)
    held, recovered = channel.texts
    assert "another run holds the ledger" in held
    assert recovered.startswith("✓")
    assert list(shop.ledger.parent.glob("*.told.json")) == []


def test_a_run_that_cannot_begin_is_told_to_the_webhook(shop, monkeypatch):
    shop.warehouse.unlink()
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch)
        shop.run("sync").fails(2)
    (text,) = channel.texts
    assert "wrong usage, configuration or model: what is pending was not sent" in text


def test_the_summary_of_a_step_at_github_tells_of_each_run(mixed, monkeypatch, tmp_path):
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    mixed.run("sync").fails(1)
    mixed.run("sync").fails(1)
    text = path.read_text()
    assert text.count("### ✗ northbeam") == 1  # later runs leave no more behind
    assert text.count("### ✓ northbeam") == 1
    assert "    7 delivered, 1 refused, 1 invalid, 0 pending, 0 unchanged, 1 not sent;" in text
    assert "mail.example" not in text
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/proc/summary.md")
    result = mixed.run("sync")
    assert "no summary was written" in result.err
    result.fails(1)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_fails_does_not_fail_the_run(status, shop, monkeypatch):
    shop.orders(0, 3)
    with talking(channel := Channel(status)) as server:
        listen(shop, server, monkeypatch)
        result = shop.run("-vv", "sync")
        assert len(channel.texts) == len(server.asked) == 1
    result.fails(0, f"on_success: no message was sent: the webhook answered with HTTP {status}")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "CHANNEL is not set"),
        ("http://planted.example/secret", "CHANNEL holds no https:// URL"),
        ("planted", "CHANNEL holds no https:// URL"),
        ("https://[planted", "CHANNEL holds no URL"),
        ("http://127.0.0.1:1/planted", "the webhook did not answer (ConnectionError)"),
    ],
    ids=["missing", "plain", "no-url", "broken", "silent"],
)
def test_a_webhook_without_a_good_url_is_only_told_of(url, problem, shop, monkeypatch):
    shop.orders(0, 3)
    with talking(Channel()) as server:
        listen(shop, server, monkeypatch)
        monkeypatch.setenv("CHANNEL", url)
        result = shop.run("sync")
        assert server.asked == []
    result.fails(0, problem)


def test_the_url_of_a_webhook_belongs_into_the_environment(shop):
    settings = shop.directory / "connector.yml"
    settings.write_text(settings.read_text() + "on_failure: https://hooks.example/planted\n")
    shop.run("sync").fails(2, "on_failure is the URL of a webhook", "${SLACK_WEBHOOK_URL}")


def test_no_word_of_others_notifies_a_channel(monkeypatch):
    with talking(channel := Channel()) as server:
        monkeypatch.setenv("CHANNEL", server.url)
        from connector.reporting.monitoring import webhook  # noqa: PLC0415

        webhook.post("on_failure", "CHANNEL", "<!channel> & co")
    assert channel.texts == ["&lt;!channel&gt; &amp; co"]


# OpenTelemetry.


def test_the_metrics_of_a_run_are_counted(mixed, monkeypatch):
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader])
    monkeypatch.setattr(otel, "get_meter", provider.get_meter)
    mixed.run("sync").fails(1)
    points = {
        metric.name: metric.data.data_points
        for each in reader.get_metrics_data().resource_metrics
        for scope in each.scope_metrics
        for metric in scope.metrics
    }
    provider.shutdown()
    requests = points["connector.requests"]
    sent = mixed.sandbox.counts()["requests"]
    assert sum(point.value for point in requests) == sent
    assert {point.attributes["http.response.status_code"] for point in requests} == {200, 400}
    assert sum(point.count for point in points["connector.request.duration"]) == sent
    assert sum(point.value for point in points["connector.request.size"]) > 1000
    orders = {point.attributes["outcome"]: point.value for point in points["connector.orders"]}
    nothing = dict.fromkeys(("pending", "unchanged", "refused_before", "taken_back"), 0)
    assert orders == {"delivered": 7, "refused": 1, "invalid": 1, "not_sent": 1} | nothing
    assert points["connector.run.duration"][0].attributes["exit_code"] == 1


def test_without_the_package_nothing_is_counted(monkeypatch):
    monkeypatch.setattr(telemetry, "find_spec", lambda _: None)
    assert telemetry.observers({"destination": "x", "environment": "y"}) == []
    telemetry.run_ended({})


def test_the_command_line_starts_without_any_of_it():
    code = (
        "import sys, connector.cli; connector.cli.run(['--help']);"
        "sys.exit(any(name.startswith(('opentelemetry', 'requests')) for name in sys.modules))"
    )
    started = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert started.returncode == 0


def test_a_backfill_is_told_of_as_one(shop, path, monkeypatch):
    shop.orders(0, 3000)  # a minute apart, so that there are three days
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch)
        result = shop.run("backfill", "northbeam", "--window", "day", "--metrics-file", str(path))
    result.fails(0)
    (text,) = channel.texts
    assert text.splitlines()[1].startswith("3,000 delivered, 0 refused")
    samples = parsed(path.read_text())
    assert samples["connector_last_run_orders", "northbeam", "delivered"] == 3000
    assert samples["connector_last_run_requests", "northbeam"] == 5

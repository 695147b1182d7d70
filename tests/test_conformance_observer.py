"""What every observer of runs must do, and what it is notified of, over real runs."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import connector
from connector.api.observers import MetricsFile, StepSummary, Telemetry, Webhooks
from connector.cli.running import Terminal
from connector.config.config import load
from connector.destinations import contracts
from connector.exceptions import ConnectorError, DestinationUnavailableError
from tests.shop import Shop
from tests.talking_server import talking

pytestmark = pytest.mark.untraced

SECRET = "planted"


class Recorder(connector.Observer):
    """Keeps everything that it is notified of."""

    wants = frozenset({"state", "reasons", "before"})

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def started(self, run):
        self.heard.append(("started", run))

    def progressed(self, run, progress):
        assert run == self.last("started")
        self.heard.append((progress.phase, progress))

    def finished(self, run, ended):  # noqa: ARG002
        self.heard.append(("finished", ended))

    def reported(self, report):
        self.heard.append(("reported", report))

    def last(self, event: str):
        return [fact for name, fact in self.heard if name == event][-1]

    @property
    def events(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.heard))


class Failing(connector.Observer):
    """Fails at every notification."""

    def _fail(self, *_):
        raise ValueError(SECRET)

    started = progressed = finished = reported = _fail


def terminal(shop: Shop, _: Path) -> connector.Observer:
    found = Terminal(quiet=False)
    found.project = connector.open(shop.directory)
    return found


def webhooks(shop: Shop, _: Path) -> connector.Observer:
    return Webhooks(load(shop.directory / "connector.yml", contracts()))


OBSERVERS: dict[str, Callable[[Shop, Path], connector.Observer]] = {
    "terminal": terminal,
    "metrics file": lambda _, path: MetricsFile(path / "connector.prom"),
    "step summary": lambda _, path: StepSummary(path / "summary.md"),
    "telemetry": lambda *_: Telemetry(),
    "webhooks": webhooks,
    "somebody's own": lambda *_: Recorder(),
}


@pytest.fixture
def channel(shop: Shop, monkeypatch) -> list[bytes]:
    """What is posted to the webhooks of the shop."""
    posted: list[bytes] = []

    def answer(_, body):
        posted.append(body)
        return 200, {}, b"ok"

    with talking(answer) as server:
        monkeypatch.setenv("CHANNEL", server.url)
        settings = shop.directory / "connector.yml"
        settings.write_text(
            settings.read_text() + "on_failure: ${CHANNEL}\non_success: ${CHANNEL}\n"
        )
        yield posted


def change(shop: Shop, **options) -> None:
    settings = yaml.safe_load((shop.directory / "connector.yml").read_text())
    settings["destinations"]["northbeam"] |= options
    shop.write(yaml.safe_dump(settings))


def test_it_hears_a_run_from_start_to_end(shop):
    shop.orders(0, 10)
    heard = Recorder()
    summary = connector.open(shop.directory, observers=[heard]).sync("northbeam")
    assert heard.events == ["started", "planning", "sending", "finished", "reported"]
    assert heard.last("started").command == "sync"
    assert (heard.last("sending").planned, heard.last("sending").delivered) == (10, 10)
    assert heard.last("finished") == summary
    report = heard.last("reported")
    assert (report.run, report.state["delivered"]) == (summary.as_dict(), 10)


def test_it_hears_each_window_of_a_backfill_and_one_report(shop):
    shop.orders(0, 4)
    later = "update northbeam__orders set time_of_purchase = '2026-03-01'"
    shop.sql(f"{later} where order_id > 'order-000001'")
    heard = Recorder()
    connector.open(shop.directory, observers=[heard]).backfill("northbeam")
    parts = [fact.part for name, fact in heard.heard if name == "started"]
    assert [(part.number, part.windows, part.orders, part.all_orders) for part in parts] == [
        (1, 2, 2, 4),
        (2, 2, 2, 4),
    ]
    assert [name for name, _ in heard.heard].count("reported") == 1
    assert heard.last("reported").run["delivered"] == 4


def test_it_hears_of_a_run_that_failed_and_of_one_that_could_not_begin(shop):
    shop.orders(0, 3)
    change(shop, url="http://127.0.0.1:1/v2/orders", attempts=1)
    heard = Recorder()
    project = connector.open(shop.directory, observers=[heard])
    assert project.sync("northbeam").exit_code == DestinationUnavailableError.exit_code
    assert heard.last("finished").pending == 3
    heard.heard.clear()
    shop.sql("drop table northbeam__products")
    with pytest.raises(ConnectorError):
        project.sync("northbeam")
    assert isinstance(heard.last("finished"), ConnectorError)
    heard.heard.clear()
    (shop.directory / "oms.duckdb").write_bytes(b"none")
    change(shop, environment="nowhere")
    with pytest.raises(ConnectorError):
        project.sync("northbeam")
    assert heard.events == []  # unreadable settings name nobody to notify


@pytest.mark.parametrize("make", OBSERVERS.values(), ids=OBSERVERS)
def test_it_fails_at_nothing_that_it_hears(make, shop, channel, tmp_path, caplog):
    """For a run that goes well, one whose host is unreachable, and one whose views are missing."""
    caplog.set_level(logging.WARNING)
    shop.orders(0, 3)
    project = connector.open(shop.directory, observers=[make(shop, tmp_path)])
    assert project.sync("northbeam").exit_code == 0
    change(shop, url="http://127.0.0.1:1/v2/orders", attempts=1)
    assert project.sync("northbeam", full=True, unguarded=True).exit_code == 4
    shop.sql("drop table northbeam__products")
    with pytest.raises(ConnectorError):
        project.sync("northbeam")
    assert "failed when it was told" not in caplog.text
    assert len(channel) >= 2
    assert SECRET not in caplog.text + b"".join(channel).decode()


def test_one_that_fails_ends_no_run_and_keeps_no_other_from_hearing(shop, caplog):
    shop.orders(0, 3)
    heard = Recorder()
    project = connector.open(shop.directory, observers=[Failing(), heard])
    assert project.sync("northbeam").delivered == 3
    assert heard.events == ["started", "planning", "sending", "finished", "reported"]
    assert "the observer Failing failed when it was told `started` (ValueError)" in caplog.text
    assert SECRET not in caplog.text

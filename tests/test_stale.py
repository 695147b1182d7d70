"""Views that get no new data are reported once, in every report, until new data arrives."""

import json
import re
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from connector.compile.reading.newest import newest
from connector.ledger.ledger import Scope
from connector.reporting.freshness import Look, alerts, stale
from connector.source.dbt import freshness
from connector.text import words
from connector.text.duration import written
from tests.dbt_project import run_dbt
from tests.small_project import small_project
from tests.talking_server import talking
from tests.test_telling import Channel, listen, parsed

NOW = datetime.now(UTC).replace(microsecond=0)
SCOPE = Scope("northbeam", "production")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUNS = """
create table ledger.runs (
    run_id integer, destination varchar, environment varchar, event varchar,
    recorded_at timestamptz, summary varchar
)
"""


@pytest.fixture
def history():
    """A connection with runs; each is the hours ago that it ran, and the age of what it found."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as ledger")
        connection.execute(RUNS)

        def fill(*looks: tuple[float, float]) -> duckdb.DuckDBPyConnection:
            for number, (ago, age, *told) in enumerate(looks):
                at = NOW - ago * HOUR
                facts = {"newest_at": written(at - age * HOUR), "stale": dict(told)}
                values = [number, *SCOPE.values().values(), "finished", at, json.dumps(facts)]
                connection.execute("insert into ledger.runs values (?, ?, ?, ?, ?, ?)", values)
            return connection

        yield fill


def judged(connection, age: float, **given) -> dict[str, str]:
    return stale(connection, SCOPE, Look(NOW, written(NOW - age * HOUR), **given))


def loads(days: int, every: int, until: float = 0) -> list[tuple[float, float]]:
    """Runs every 3 hours for so many days, of data that are loaded every so many hours."""
    hours = range(days * 24, int(until), -3)
    return [(ago, (days * 24 - ago) % every) for ago in hours]


@pytest.mark.parametrize(
    ("days", "every", "stopped", "is_stale"),
    [
        (20, 3, 6, False),
        (20, 3, 23, False),  # nothing is stale after less than a day
        (20, 3, 30, True),
        (20, 24, 45, False),
        (20, 24, 60, True),  # twice as long as usual
        (20, 72, 100, False),  # a shop that has no orders at weekends
        (20, 72, 170, True),
        (2, 3, 30, False),  # too little history to know the usual interval
        (5, 3, 80, True),
        (27, 1_000, 3, True),  # no new data has ever arrived
        (6, 1_000, 3, False),
    ],
)
def test_views_are_stale_after_twice_what_is_usual(history, days, every, stopped, is_stale):
    looks = loads(days, every, stopped)
    assert bool(judged(history(*looks), sum(looks[-1]))) == is_stale


def test_the_first_run_finds_nothing_stale(history):
    assert judged(history(), 24 * 365) == {}


def test_what_was_told_as_stale_does_not_become_usual(history):
    looks = loads(20, 3, 240)
    stopped = [(ago, 240 - ago, ("views", "…")) for ago in range(237, 72, -3)]
    again = [(ago, 0) for ago in range(72, 40, -3)]
    assert judged(history(*looks, *stopped, *again), 44)


def test_a_length_of_time_of_ones_own_decides_and_can_be_switched_off(history):
    connection = history(*loads(20, 3, 60))
    assert judged(connection, 60, after=3 * 86_400.0) == {}
    assert "`stale_after` is 2 d" in judged(connection, 60, after=2 * 86_400.0)["views"]
    assert judged(connection, 60, after=float("inf"), sources={"oms.orders": "late"}) == {}


def test_an_alert_is_told_once_and_once_when_it_is_over():
    found = {"views": "nothing new", "oms.orders": "late"}
    assert [alert.kind for alert in alerts("one", found)] == ["stale"]
    assert "late" in alerts("one", found, ["views"])[0].message
    assert alerts("one", found, list(found)) == []
    assert alerts("one", {"views": ""}, list(found)) == []
    assert [alert.kind for alert in alerts("one", {}, ["views"])] == ["recovered"]
    assert alerts("one", {}) == []


def test_what_lies_in_the_future_is_not_the_newest():
    with duckdb.connect() as connection:
        connection.execute(
            "set TimeZone = 'UTC'; create table seen as select * from (values "
            "(null::timestamptz, timestamptz '2024-03-01'), (null, '2024-03-02'), "
            "(null, '2099-01-01'), (null, 'infinity'), ('2099-01-01', null)) as t(changed, oldest)"
        )

        def found() -> datetime:
            sql = newest("seen", ["epoch(changed)", "epoch(oldest)"])
            ((seconds,),) = connection.execute(sql, {"began": NOW}).fetchall()
            return datetime.fromtimestamp(seconds, UTC)

        assert found() == datetime(2024, 3, 2, tzinfo=UTC)
        connection.execute("insert into seen values ('2023-01-01', null)")
        assert found() == datetime(2023, 1, 1, tzinfo=UTC)


# In all reports.


def alert_kinds(told: dict) -> list[str]:
    return [alert["kind"] for alert in told["alerts"]]


def test_stale_views_are_told_in_every_report(shop, tmp_path):
    metrics = tmp_path / "connector.prom"
    shop.orders(0, 3)
    shop.configure(stale_after="2d")
    newest_at = "2026-01-01T00:02:00Z"
    for told in (shop.plan(), shop.sync("--metrics-file", str(metrics))):
        assert (told["newest_at"], list(told["stale"]), told["exit_code"]) == (
            newest_at,
            ["views"],
            0,
        )
        assert alert_kinds(told) == ["stale"]
    assert "the views still get nothing new" in shop.run("sync").out
    result = shop.run("status", "--output", "json")
    (row,) = result.json()
    assert (result.code, list(row["stale"]), row["newest_at"]) == (1, ["views"], newest_at)
    assert alert_kinds(row) == ["stale"]
    text = shop.run("status", "--details").out
    assert text.splitlines()[0].endswith(": stale")
    shown = words.moment(newest_at)
    assert re.search(rf"newest in the views \d+ d ago \({shown} UTC\)", text)
    shop.run("doctor").fails(1, f"nothing newer than {newest_at}", "`stale_after`")
    samples = parsed(metrics.read_text())
    assert samples["connector_stale", "northbeam"] == 1
    moment = datetime.fromisoformat(newest_at).timestamp()
    assert samples["connector_newest_timestamp_seconds", "northbeam"] == moment


def test_a_webhook_is_told_once_and_once_when_it_is_over(shop, monkeypatch):
    shop.orders(0, 3)
    shop.configure(stale_after="2d")
    with talking(channel := Channel()) as server:
        listen(shop, server, monkeypatch, "on_failure")
        assert alert_kinds(shop.sync()) == ["stale"]
        assert alert_kinds(shop.sync()) == []
        shop.orders(3, 4)
        shop.sql("update northbeam__orders set time_of_purchase = now() where order_id like '%3'")
        assert alert_kinds(shop.sync()) == ["recovered"]
        shop.sync()
    assert [text[0] for text in channel.texts] == ["✗", "✓"]
    assert "nothing newer than 2026-01-01T00:02:00Z" in channel.texts[0]
    assert shop.run("status").code == 0


def test_a_run_that_cannot_read_the_views_says_nothing_of_their_age(shop):
    shop.orders(0, 3)
    shop.configure(stale_after="2d")
    shop.sync()
    shop.sql("alter table northbeam__orders drop column tax")
    shop.run("sync").fails(2)
    (row,) = shop.run("status", "--output", "json").json()
    assert (list(row["stale"]), row["failing"]) == (["views"], True)
    shop.configure(stale_after=False)
    assert shop.run("status", "--output", "json").json()[0]["stale"] == {}


@pytest.mark.parametrize("value", ["2", "often", True])
def test_a_setting_that_is_no_length_of_time_is_refused(shop, value):
    shop.configure(stale_after=value)
    shop.run("status").fails(2, "destinations.northbeam.stale_after", "3h or 1d")


# The sources of dbt.

SOURCES = """
sources:
  - name: oms
    schema: main
    loaded_at_field: loaded_at
    freshness: {error_after: {count: 1, period: day}}
    tables: [{name: loads}]
"""


def test_what_dbt_found_of_the_freshness_of_its_sources_is_read(tmp_path, sandbox):
    shop = small_project(tmp_path, sandbox)
    (tmp_path / "models/sources.yml").write_text(SOURCES)
    orders = tmp_path / "models/orders.sql"
    orders.write_text(
        orders.read_text() + "where (select count(*) from {{ source('oms', 'loads') }}) > 0"
    )
    shop.sql("create table loads as select now() at time zone 'UTC' - interval 9 day as loaded_at")
    assert run_dbt(tmp_path, ["run"]).success
    assert shop.sync()["stale"] == {}
    assert not run_dbt(tmp_path, ["source", "freshness"]).success
    late = shop.sync()
    assert list(late["stale"]) == ["oms.loads"]
    assert "oms.loads was last loaded 9 d" in late["alerts"][0]["message"]
    assert "oms.loads was last loaded 9 d" in shop.run("doctor").out
    found = tmp_path / "target/sources.json"
    written = json.loads(found.read_text())
    written["results"][0]["snapshotted_at"] = "2026-01-01T00:00:00Z"
    found.write_text(json.dumps(written))
    assert shop.sync()["stale"] == {}, "what was found long ago says nothing of today"
    assert "was not run for more than 2 days" in shop.run("doctor").out


def test_only_sources_that_the_views_are_made_of_count(tmp_path):
    checked = {"status": "warn", "max_loaded_at": written(NOW - DAY)}
    results = [checked | {"unique_id": f"source.p.{name}"} for name in ("oms.orders", "crm.people")]
    results.append({"unique_id": "source.p.oms.lines", "status": "runtime error"})
    path = tmp_path / "sources.json"
    found = {"metadata": {"generated_at": written(NOW)}, "results": results}
    path.write_text(json.dumps(found))
    nodes = {
        f"model.p.{name}": {"name": name} for name in ("orders", "northbeam__orders", "people")
    }
    children = {
        "source.p.oms.orders": ["model.p.orders"],
        "model.p.orders": ["model.p.northbeam__orders", "test.p.one", "model.p.orders"],
        "source.p.crm.people": ["model.p.people"],
    }
    manifest = {"nodes": nodes, "child_map": children}
    late = freshness.late(tmp_path / "manifest.json", manifest, NOW)
    assert {each.source: set(each.models) for each in late} == {
        "oms.orders": {"orders", "northbeam__orders"},
        "crm.people": {"people"},
    }
    path.write_text("[]")
    assert freshness.late(tmp_path / "manifest.json", manifest, NOW) == []

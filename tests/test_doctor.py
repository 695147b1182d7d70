"""The doctor finds what prevents a run, says what to do, and changes nothing."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import duckdb
import pytest
import yaml

from connector.doctor import installation, placeholders
from connector.doctor.finding import Result, findings, ok
from tests.dbt_project import environment, run_dbt
from tests.sandbox_process import Sandbox
from tests.shop import Result as Ended
from tests.shop import Shop, ended
from tests.small_project import small_project
from tests.talking_server import Script, talking

ROOT = Path(__file__).parents[1]
NORTHBEAM = ROOT / "connector/destinations/northbeam/contract.yml"
ORDER = ["skipped", "ok", "failed"]
GROUPS = ["installation", "project", "files", "northbeam"]


def told(result: Ended) -> dict[tuple[str, str], tuple[str, str]]:
    """Each finding by its group and check; the worst of several results."""
    found = sorted(result.json(), key=lambda each: ORDER.index(each["status"]))
    return {(f["group"], f["check"]): (f["status"], f["message"]) for f in found}


def examined(shop: Shop, *arguments: str) -> dict[tuple[str, str], tuple[str, str]]:
    return told(shop.run("doctor", "--output", "json", *arguments))


def failures(shop: Shop) -> dict[tuple[str, str], str]:
    found = examined(shop).items()
    return {place: message for place, (status, message) in found if status == "failed"}


def test_a_healthy_shop_passes_every_check(shop):
    shop.orders(0, 3)
    shop.sync()
    shop.ledger.chmod(0o600)  # as `main` makes it
    result = shop.run("doctor")
    assert result.code == 0, result.out
    assert "✗" not in result.out
    assert "northbeam__orders: 11 columns fit the contract" in result.out
    assert [line for line in result.out.splitlines() if not line.startswith(" ")] == GROUPS
    assert "the API accepts api_key, client_id" in result.out
    assert "planted" not in result.out


def test_a_check_sends_no_order_and_changes_nothing(shop):
    shop.orders(0, 3)
    shop.run("doctor")
    assert shop.sandbox.counts()["orders"] == 0
    assert not shop.ledger.exists()


def test_json_has_one_object_a_finding(shop):
    rows = shop.run("doctor", "--output", "json").json()
    assert {tuple(row) for row in rows} == {("group", "check", "status", "message")}
    assert {row["group"] for row in rows} == set(GROUPS)
    assert {row["status"] for row in rows} <= {"ok", "failed", "skipped"}


def test_a_broken_connector_yml_is_told_once_and_the_rest_goes_on(shop):
    shop.write("destinations: {northbeem: {}}")
    result = shop.run("doctor", "--output", "json")
    assert result.code == 1
    found = told(result)
    assert "did you mean 'northbeam'?" in found["project", "settings"][1]
    assert found["installation", "python"][0] == "ok"
    assert found["files", "ledger"] == (
        "skipped",
        "not checked: what “project: settings” found wrong comes first",
    )


def test_a_missing_secret_is_named_and_what_needs_it_waits(shop, monkeypatch):
    monkeypatch.delenv("NORTHBEAM_CLIENT_ID")
    found = examined(shop)
    status, message = found["northbeam", "secrets"]
    assert status == "failed"
    assert "export NORTHBEAM_CLIENT_ID=…" in message
    assert found["northbeam", "credentials"][0] == "skipped"
    assert found["northbeam", "views"][0] == "ok"


def answering(status: int, **headers: str) -> Script:
    return lambda _headers, _body: (status, headers, b"{}")


def test_refused_credentials_are_told_without_showing_them(shop):
    with talking(answering(401)) as talker:
        shop.configure(url=f"{talker.url}/v2/orders")
        result = shop.run("doctor")
    result.fails(1, "✗ credentials", "the API refuses api_key, client_id", "correct")


def test_an_answer_that_tells_nothing_of_the_credentials_is_no_yes(shop):
    with talking(answering(404)) as talker:
        shop.configure(url=f"{talker.url}/v2/orders")
        assert "tells nothing" in failures(shop)["northbeam", "credentials"]


def test_an_api_in_trouble_is_told(shop):
    with talking(answering(503)) as talker:
        shop.configure(url=f"{talker.url}/v2/orders")
        assert "answers 503" in failures(shop)["northbeam", "reachable"]


def test_another_port_of_the_sandbox_needs_the_path_of_the_api(shop):
    shop.configure(url=shop.sandbox.url)
    told = failures(shop)["northbeam", "reachable"]
    assert f"set `url: {shop.sandbox.url}/v2/orders`" in told


def test_a_host_that_does_not_answer_is_told_once(shop):
    shop.configure(url="http://127.0.0.1:9/v2/orders")
    found = examined(shop)
    assert found["northbeam", "reachable"][0] == "failed"
    assert "no connection to 127.0.0.1:9" in found["northbeam", "reachable"][1]
    assert "start the sandbox with `connector sandbox`" in found["northbeam", "reachable"][1]
    assert {found["northbeam", name][0] for name in ("clock", "credentials")} == {"skipped"}


@pytest.mark.parametrize(
    ("date", "status", "word"),
    [
        ("now", "ok", "s apart"),
        ("Sat, 21 Nov 2009 12:00:00 GMT", "failed", "ahead of"),
        ("Sat, 21 Nov 2099 12:00:00 GMT", "failed", "behind"),
        ("Sat, 21 Nov 2009 12:00:00", "failed", "ahead of"),
        ("yesterday", "skipped", "cannot be read"),
        ("", "skipped", "no date"),
    ],
)
def test_the_clock_is_held_against_that_of_the_api(shop, date, status, word):
    now = format_datetime(datetime.now(UTC))
    with talking(answering(200, Date=now if date == "now" else date)) as talker:
        shop.configure(url=f"{talker.url}/v2/orders")
        found = examined(shop)["northbeam", "clock"]
    assert found[0] == status
    assert word in found[1]


def test_an_api_without_a_harmless_call_leaves_the_credentials_open(shop):
    own = shop.directory / "destinations/own"
    own.mkdir(parents=True)
    contract = yaml.safe_load(NORTHBEAM.read_text())
    del contract["x-check"]
    (own / "contract.yml").write_text(yaml.safe_dump(contract | {"x-destination": "own"}))
    settings = yaml.safe_load((shop.directory / "connector.yml").read_text())
    settings["destinations"]["own"] = settings["destinations"]["northbeam"]
    shop.write(yaml.safe_dump(settings))
    found = examined(shop, "own")
    assert found["own", "credentials"][0] == "skipped"
    assert found["own", "views"][0] == "failed"
    assert "northbeam" not in {group for group, _ in found}


# Views and warehouse


def test_every_view_that_does_not_fit_is_told(shop):
    shop.sql("alter table northbeam__orders drop column tax; drop table northbeam__products")
    rows = shop.run("doctor", "--output", "json").json()
    messages = [row["message"] for row in rows if row["check"] == "views"]
    assert any("northbeam__orders.tax is missing" in message for message in messages)
    assert any("dbt build --select northbeam__products" in message for message in messages)
    assert any("northbeam__refunds: 7 columns fit" in message for message in messages)
    assert any("there is no northbeam__alternate_order_ids" in message for message in messages)


def test_a_view_over_a_table_that_is_gone_cannot_be_read(shop):
    shop.sql(
        "alter table northbeam__refunds rename to gone;"
        "create view northbeam__refunds as select * from gone; drop table gone"
    )
    message = failures(shop)["northbeam", "views"]
    assert "northbeam__refunds cannot be read (CatalogException)" in message
    assert "dbt build --select +northbeam__refunds" in message


def test_a_warehouse_that_is_missing_is_told_once(shop):
    shop.warehouse.unlink()
    found = examined(shop)
    assert "does not exist; run `dbt build`" in found["files", "warehouse"][1]
    assert found["northbeam", "views"][0] == "skipped"


# The ledger


def test_a_damaged_ledger_is_found(shop):
    shop.orders(0, 500)
    shop.sync()
    with shop.ledger.open("r+b") as file:
        file.seek(20_000)
        file.write(b"\xff" * 400_000)
    assert "“A lost ledger” in docs/operations.md" in failures(shop)["files", "ledger"]


def test_a_ledger_that_others_can_read_is_told(shop):
    shop.orders(0, 3)
    shop.sync()
    shop.ledger.chmod(0o640)
    shop.ledger.parent.chmod(0o777)
    result = shop.run("doctor")
    result.fails(1, "(640); run `chmod 600", "(777); run `chmod 700")


def test_a_ledger_that_a_run_holds_is_left_alone(shop):
    shop.orders(0, 3)
    shop.sync()
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(shop.ledger)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        progress = shop.ledger.with_suffix(".progress.json")
        progress.write_text(json.dumps({"process": process.pid}))
        progress.chmod(0o600)
        status, message = examined(shop)["files", "ledger"]
        process.stdin.close()
    assert status == "skipped"
    assert "another run holds" in message


def test_too_little_room_is_told(shop, monkeypatch):
    usage = shutil.disk_usage(shop.directory)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert "5 MB free" in failures(shop)["files", "disk space"]


def test_a_directory_that_cannot_be_written_is_told(shop, monkeypatch):
    """Not even root can write to /proc."""
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/state")
    settings = (shop.directory / "connector.yml").read_text()
    shop.write(settings.replace(".connector/ledger.duckdb", "/proc/here/ledger.duckdb"))
    result = shop.run("doctor", "--output", "json", "--metrics-file", "/proc/connector.prom")
    rows = [row for row in result.json() if row["check"] == "directories"]
    words = [re.findall(r"for (.*?);", row["message"]) for row in rows]
    needed = "the ledger, its spill files and cron's log"
    assert words == [[needed], ["the stamps of ledgers"], ["the metrics file"]]
    assert {row["status"] for row in rows} == {"failed"}


def test_everything_that_a_run_writes_is_looked_at_once(dbt_shop):
    metrics = dbt_shop.directory / "connector.prom"
    result = dbt_shop.run("doctor", "--output", "json", "--metrics-file", str(metrics))
    found = [row["message"] for row in result.json() if row["check"] == "directories"]
    places = [".connector", "order-connector", dbt_shop.directory.name, "target", "logs"]
    assert [Path(message.split(": ")[0]).name for message in found] == places
    assert not metrics.exists()
    assert not dbt_shop.ledger.parent.exists()


def test_a_file_of_a_newer_duckdb_is_told_before_it_is_opened(shop, monkeypatch):
    shop.orders(0, 3)
    shop.sync()
    own = duckdb.__version__
    assert f"was made by DuckDB {own} (storage version " in examined(shop)["files", "versions"][1]
    monkeypatch.setattr(duckdb, "__version__", "1.5.0")
    status, message = examined(shop)["files", "versions"]
    assert (status, f"run `pip install 'duckdb>={own}'`" in message) == ("failed", True)


# Settings that were not filled in


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        *dict.fromkeys(
            ("CHANGE_ME", "changeme", "<your key>", "xxx", "XXXX-XXXX", "TODO"), True
        ).items(),
        *dict.fromkeys(("your-shop.myshopify.com", "sk_live_xxxxxxxx", "…", "..."), True).items(),
        *dict.fromkeys(("gifts.example", "api_key", "{{ key }}", "replace-me"), True).items(),
        *dict.fromkeys(("my-shop.myshopify.com", "tests", "yoursecret", "anything"), False).items(),
        *dict.fromkeys(("d0e1f2a3-b4c5-6789", "sk_live_51H8xxQ", "keystone.shop"), False).items(),
    ],
)
def test_a_placeholder_is_told_from_a_value(value, is_one):
    assert placeholders.is_placeholder(value) == is_one


def test_a_placeholder_is_named_and_not_shown(shop, monkeypatch):
    monkeypatch.setenv("NORTHBEAM_API_KEY", "CHANGE_ME")
    assert examined(shop)["northbeam", "placeholders"][0] == "skipped", "the sandbox takes any"
    with talking(answering(200)) as talker:
        shop.configure(url=f"{talker.url}/v2/orders", environment="uat")
        result = shop.run("doctor")
    result.fails(1, "destinations.northbeam: api_key is a placeholder")
    assert "CHANGE_ME" not in result.out


def test_a_webhook_is_looked_at_without_a_call(shop, monkeypatch):
    settings = (shop.directory / "connector.yml").read_text()
    assert examined(shop)["project", "webhooks"][0] == "skipped"
    shop.write(settings + "on_failure: ${HOOK}\n")
    for url, status, word in (
        ("", "failed", "HOOK is not set"),
        ("http://hooks.shop.test/a", "failed", "holds no https:// URL"),
        ("https://hooks.shop.test/services/XXX/YYY", "failed", "has a placeholder in its URL"),
        ("https://hooks.shop.test/services/T02/B7", "ok", "HOOK is set"),
    ):
        monkeypatch.setenv("HOOK", url)
        found = examined(shop)["project", "webhooks"]
        assert (found[0], word in found[1], "hooks.shop" in found[1]) == (status, True, False)


# The dbt project


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, sandbox_process: Sandbox) -> Path:
    """A project that dbt has read and built."""
    directory = tmp_path_factory.mktemp("small")
    small_project(directory, sandbox_process)
    assert run_dbt(directory, ["build"]).success
    return directory


@pytest.fixture
def dbt_shop(read: Path, tmp_path: Path, sandbox: Sandbox) -> Shop:
    shutil.copytree(read, tmp_path, dirs_exist_ok=True)
    return small_project(tmp_path, sandbox)


def test_a_project_that_dbt_has_built_passes(dbt_shop):
    result = dbt_shop.run("doctor")
    assert result.code == 0, result.out
    assert "3 models, all as they were" in result.out


def test_models_that_dbt_has_not_read_are_named(dbt_shop):
    models = dbt_shop.directory / "models"
    with (models / "northbeam__orders.sql").open("a") as file:
        file.write("-- changed")
    (models / "northbeam__products.sql").unlink()
    (models / "new.sql").write_text("select 1 as one")
    message = failures(dbt_shop)["project", "manifest"]
    for name in ("northbeam__orders.sql", "northbeam__products.sql", "new.sql", "run `dbt build`"):
        assert name in message


def test_white_space_around_a_model_is_no_change(dbt_shop):
    with (dbt_shop.directory / "models/orders.sql").open("a") as file:
        file.write("\n\n")
    assert ("project", "manifest") not in failures(dbt_shop)


def test_a_project_that_was_never_built_is_told_once(dbt_shop):
    (dbt_shop.directory / "target/manifest.json").unlink()
    found = examined(dbt_shop)
    assert "run `dbt build` first" in found["project", "manifest"][1]
    assert found["files", "warehouse"][0] == "skipped"
    assert found["northbeam", "views"][0] == "skipped"


@pytest.mark.parametrize(
    ("zone", "status", "words"),
    [
        ("America/New_York", "failed", "shifts by up to 5 hours"),
        ("Etc/UTC", "ok", "as profiles.yml sets it"),
        ("{{ env_var('ZONE', 'Asia/Kolkata') }}", "failed", "shifts by up to 5.5 hours"),
        ("Nowhere", "failed", "is none"),
    ],
)
def test_a_time_zone_that_is_not_that_of_the_connector_is_told(dbt_shop, zone, status, words):
    """dbt and the connector would read a time without a zone differently."""
    profiles = dbt_shop.directory / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("TimeZone: UTC", f'timezone: "{zone}"'))
    found = examined(dbt_shop)["project", "time zone"]
    assert (found[0], words in found[1]) == (status, True), found


def test_without_a_time_zone_in_the_profile_that_of_the_machine_counts(dbt_shop):
    profiles = dbt_shop.directory / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("TimeZone: UTC", "threads: 1"))
    with environment(TZ="Europe/Kyiv"):
        result = ended(dbt_shop.start("doctor", "--output", "json"))
    status, message = told(result)["project", "time zone"]
    assert (status, "Europe/Kyiv (as this machine is" in message) == ("failed", True)


def test_an_unknown_target_is_told(dbt_shop):
    result = dbt_shop.run("--target", "prod", "doctor", "--output", "json")
    assert told(result)["project", "dbt profile"][0] == "failed"
    assert "no target 'prod'" in told(result)["project", "dbt profile"][1]


# The installation, and the checks themselves


def test_a_package_that_does_not_fit_is_named(shop, monkeypatch):
    wanted = ["duckdb>=99", "gone-entirely>=1", "click>=1", "anything>=1; extra == 'dev'"]
    monkeypatch.setattr(installation, "requires", lambda _: wanted)
    rows = shop.run("doctor", "--output", "json").json()
    messages = [row["message"] for row in rows if row["check"] == "packages"]
    assert len(messages) == 2
    assert re.match(r"duckdb is \S+, the connector needs >=99; run `pip", messages[0])
    assert messages[1].startswith("gone-entirely is not installed; run")


@pytest.mark.parametrize("command", [("plan",), ("status",), ("sync", "--build")], ids="-".join)
def test_a_duckdb_that_fails_over_null_columns_is_refused(shop, monkeypatch, command):
    monkeypatch.setattr(duckdb, "__version__", "2.0.0")
    shop.run(*command).fails(2, "DuckDB 2.0.0 fails over", "pip install 'duckdb>=2.0.1,<3'")
    state, message = examined(shop)["installation", "packages"]
    assert (state, "pip install 'duckdb>=2.0.1,<3'" in message) == ("failed", True)


def test_what_is_not_installed_is_told(shop, monkeypatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "requires", missing)
    monkeypatch.setattr(installation, "version", missing)
    found = examined(shop)
    assert found["installation", "packages"][0] == "failed"
    assert "pip install order-connector" in found["installation", "packages"][1]
    assert found["installation", "dbt"][0] == "skipped"
    assert "order-connector[dbt]" in found["installation", "dbt"][1]


def test_versions_are_not_compared_where_nothing_can_read_them(shop, monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    assert examined(shop)["installation", "packages"][0] == "skipped"


def test_a_python_that_is_not_tested_is_told(shop, monkeypatch):
    monkeypatch.setattr(installation, "_NEWEST", (3, 9))
    assert "make an environment" in failures(shop)["installation", "python"]


def test_a_check_that_breaks_stops_no_other():
    def broken(_: None) -> Iterator[Result]:
        yield ok("first")
        raise ZeroDivisionError("customer@mail.example")

    found = list(findings("group", {"broken": broken, "good": lambda _: iter([ok("")])}, None, {}))
    assert [each.status.value for each in found] == ["ok", "failed", "ok"]
    assert "customer@mail.example" not in str(found)
    assert "(ZeroDivisionError)" in found[1].message


def test_an_unknown_destination_is_wrong_usage(shop):
    shop.run("doctor", "nothbeam").fails(2, "'nothbeam'", "configured: northbeam")


def test_signs_are_words_where_the_terminal_cannot_show_them(shop):
    with environment(PYTHONIOENCODING="ascii:replace"):
        process = shop.start("doctor")
    assert "  ok python" in ended(process).out


def test_what_one_destination_found_wrong_is_named_with_it(shop, monkeypatch):
    url, key = "http://127.0.0.1:9/v2/orders", "${NORTHBEAM_API_KEY}"
    monkeypatch.setenv("YESPO_API_KEY", "any")
    shop.write(
        f"destinations: {{northbeam: {{url: {url}, api_key: '{key}', client_id: '{key}'}},"
        f" yespo: {{url: {url}, api_key: '{key}'}}}}"
    )
    found = told(shop.run("doctor", "--output", "json"))
    assert found["northbeam", "reachable"][0] == "failed"
    assert "“reachable”" in found["northbeam", "credentials"][1]
    assert "“northbeam: reachable”" in found["yespo", "reachable"][1]

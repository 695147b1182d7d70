"""Fixtures: a sandbox and a built warehouse per session, and a shop for each test."""

import fcntl
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

import connector.engine.engine
import connector.payloads.late
from tests.dbt_project import BUILT, build_warehouse
from tests.delivered import Delivered
from tests.lengths import LONG, USUAL
from tests.mirror import Mirror
from tests.postgres_views import prepare
from tests.sandbox_process import Sandbox
from tests.sandbox_process import sandbox as run_sandbox
from tests.shop import Shop, make_shop
from tests.spark_cluster import Ports, cluster
from tests.stores import POSTGRES, postgres
from tests.unmeasured import unmeasured

os.environ["NORTHBEAM_API_KEY"] = "planted-api-key"
os.environ["NORTHBEAM_CLIENT_ID"] = "planted-client-id"
os.environ["TRIPLE_WHALE_API_KEY"] = "planted-triple-whale-key"
os.environ["YESPO_API_KEY"] = "planted-yespo-key"
os.environ["OMETRIA_API_KEY"] = "planted-ometria-key"

# The duration of an example depends on how busy the machine is.
settings.register_profile("order-connector", deadline=None)
settings.load_profile("order-connector")

# Who runs the tests in the background lets them, and whatever they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Files that take more than 9 CPU seconds, or wait for long, the longest first. The second builds
# the sample's warehouse; those that need it, too, would only wait for it and come later, as do
# those that copy what dbt has parsed then (recipes).
LONGEST = (
    *("test_model_of_records", "test_project", "test_conformance_store"),
    *("test_model_based", "test_model_by_watermark"),
    *("test_lifecycle", "test_conformance_delivery", "test_taking_back"),
    *("test_security", "test_docs", "test_poison", "test_faults"),
    *("test_conformance_verify", "test_change_detection", "test_watermark", "test_accounts"),
    *("test_recipes", "test_triple_whale_delivery", "test_locks", "test_postgres", "test_backfill"),
    *("test_ledger_in_a_store", "test_bad_input", "test_verify", "test_commands", "test_library"),
    *("test_signals", "test_people", "test_ledger", "test_numbers", "test_yespo_delivery"),
    *("test_page", "test_streams", "test_steady", "test_dbt_project", "test_ledger_command"),
    *("test_kills", "test_status", "test_old_ledger", "test_conformance_watermark", "test_telling"),
    *("test_contract_agreement", "test_guards", "test_right_money", "test_required_columns"),
    *("test_guards_everywhere", "test_jobs", "test_month", "test_doctor"),
    *("test_triple_whale_sample", "test_yespo_from_raw"),
    *("test_temporary_tables", "test_payloads_from_raw", "test_answers_at_random"),
    *("test_late_requests", "test_terminal"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--azurite", metavar="AZURITE-BLOB", help="An emulator of Azure's storage.")
    parser.addoption("--browser", metavar="CHROMIUM", help="One to look at the pages with.")
    parser.addoption("--dbt", metavar="PYTHON", help="One that has the oldest dbt of the package.")
    parser.addoption("--kills", type=int, help="How many syncs are killed.")
    parser.addoption("--long", action="store_true", help="Full lengths, and what takes minutes.")
    parser.addoption("--schedulers", metavar="PYTHON", help="One that has Airflow 3 and Dagster.")
    parser.addoption("--spark", metavar="PYTHON", help="One that has pyspark, or a server's ports.")
    parser.addoption("--steps", type=int, help="Steps of the model-based test.")
    parser.addoption("--warehouse", choices=["file", "postgres"], help="What runs read from.")
    parser.addoption("--wheel", metavar="PYTHON", help="One that has nothing but the wheel.")

    parser.addoption("--write-snapshots", action="store_true", help="Write tests/snapshots anew.")


def pytest_configure(config: pytest.Config) -> None:
    for name, length in (LONG if config.option.long else USUAL).items():
        if getattr(config.option, name) is None:
            setattr(config.option, name, length)
    gc.disable()  # until there is something to collect


def pytest_collection_finish() -> None:
    """Leave out of each later search for garbage what stays until the end: imports and tests."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that none runs alone at the end."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server of PostgreSQL that runs as long as the tests do, with a role that only reads."""
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgres is not installed")
    if not POSTGRES:
        pytest.skip("PostgreSQL is not installed here")
    with postgres() as url:
        prepare(url)
        yield url


@pytest.fixture(scope="session")
def warehouses(request: pytest.FixtureRequest) -> None:
    """Skip what takes long with a server of PostgreSQL."""
    if request.config.option.warehouse != "postgres":
        pytest.skip("needs --warehouse postgres, see `make test-postgres`")


@pytest.fixture(scope="session", autouse=True)
def mirror(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every shop be read from PostgreSQL, if that was asked for; what tests write stays."""
    if request.config.option.warehouse != "postgres":
        yield
        return
    Shop.mirror = Mirror(request.getfixturevalue("postgres_url"))
    yield
    Shop.mirror.close()


@pytest.fixture(scope="session")
def spark_ports(request: pytest.FixtureRequest) -> Iterator[Ports]:
    """A server of Spark, which runs as long as the tests do."""
    python = request.config.getoption("--spark")
    if not python:
        pytest.skip("needs --spark PYTHON, see `make test-spark`")
    if python[0].isdecimal():
        connect, _, thrift = python.partition(":")
        yield Ports(int(connect), int(thrift or 10_000))
        return
    with cluster(python) as ports:
        yield ports


@pytest.fixture(scope="session")
def spark_port(spark_ports: Ports) -> int:
    """The port of its Spark Connect server."""
    return spark_ports.connect


@pytest.fixture(autouse=True)
def measure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Measure the coverage of processes only if their test is marked `measured`."""
    with nullcontext() if request.node.get_closest_marker("measured") else unmeasured():
        yield


@pytest.fixture(scope="session", autouse=True)
def join_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Join in the order of the SQL, unless coverage is measured or lengths are full.

    To look for a better order takes a tenth of a run over a dozen orders. Processes do so.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not (request.config.option.long or request.config.getoption("--cov", None)):
            patch.setitem(connector.engine.engine.SETTINGS, "disabled_optimizers", "join_order")
        yield


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only half a second for requests of an earlier run that may still be in flight."""
    monkeypatch.setattr(connector.payloads.late, "SLACK", -59.5)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes a figure that a test has measured, to be shown when all tests have run."""
    return lambda text: request.node.user_properties.append(("figure", text))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "figure" and report.when == "call":
                    terminalreporter.write_line(f"measured: {text}")
    spent = os.times()  # what workers and the processes of tests took is known once they have ended
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    terminalreporter.write_line(f"measured: {seconds:,.0f} CPU seconds for all tests")


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory for the user who runs the tests, outside of the real home."""
    folder = tmp_path_factory.mktemp("state")
    os.environ["XDG_STATE_HOME"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    with run_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Iterator[Sandbox]:
    sandbox_process.reset()
    yield sandbox_process
    sandbox_process.faults([])
    sandbox_process.poison()


@pytest.fixture(scope="session")
def empty_shop(tmp_path_factory: pytest.TempPathFactory, sandbox_process: Sandbox) -> Path:
    """The directory of a shop without orders; copying it is quicker than making one."""
    return next(make_shop(tmp_path_factory.mktemp("shop"), sandbox_process)).directory


@pytest.fixture
def shop(empty_shop: Path, tmp_path: Path, sandbox: Sandbox) -> Shop:
    return Shop(shutil.copytree(empty_shop, tmp_path, dirs_exist_ok=True), sandbox)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """Copies of shops that have already delivered."""
    return Delivered(tmp_path_factory.mktemp("delivered"))


@pytest.fixture
def schedulers(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> str:
    """A Python that has Airflow and Dagster; `make test-schedulers` makes one."""
    python = request.config.getoption("--schedulers")
    if not python:
        pytest.skip("needs --schedulers PYTHON, see `make test-schedulers`")
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return python


@pytest.fixture(scope="session", autouse=True)
def built_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Tell every test process where the sample is built."""
    base = tmp_path_factory.getbasetemp()
    os.environ[BUILT] = str((base if worker_id == "master" else base.parent) / "built")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The warehouse that dbt builds from the sample; not to be changed.

    The first process that wants it builds it, the others take copies.
    """
    shared = Path(os.environ[BUILT])
    if worker_id == "master":
        return build_warehouse(shared)
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared.with_suffix(".done")
        if not done.exists():
            # Where it stays: what dbt has parsed, which is copied, says where the seeds are.
            build_warehouse(shared)
            done.touch()
    return Path(shutil.copytree(shared, tmp_path_factory.mktemp("copy") / "project")) / "oms.duckdb"


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the built project that a test may change."""
    return Path(shutil.copytree(built.parent, tmp_path / "project"))

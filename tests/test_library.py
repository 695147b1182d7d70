"""The library returns what the command line prints; it prints nothing and ends no process."""

import ast
import dataclasses
import json
import pickle
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

import connector
from connector.exceptions import (
    ChoiceError,
    ConfigError,
    GuardError,
    InterruptedRunError,
    LedgerHeldError,
)
from connector.text import exact
from tests.schedulers import told
from tests.shop import Shop

GUIDE = (Path(__file__).parents[1] / "docs/library.md").read_text(encoding="utf-8")
VARYING = ("seconds", "since_success", "run_id", "last_run", "last_success_at", "run_before")


@pytest.fixture
def project(shop: Shop) -> connector.Connector:
    """Ten orders, of which one is invalid."""
    shop.orders(0, 10)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id = 'order-000003'")
    return connector.open(shop.directory)


def two_accounts(shop: Shop, **second) -> None:
    settings = yaml.safe_load((shop.directory / "connector.yml").read_text())
    first = settings["destinations"]["northbeam"]
    settings["destinations"]["other"] = {**first, "destination": "northbeam", **second}
    shop.write(yaml.safe_dump(settings))


def same(result, document: dict) -> None:
    """Check that a result equals a JSON document, except for what differs between calls."""
    own = json.loads(exact.dumps(result.as_dict()))
    assert list(own) == list(document)
    assert [name for name in own if name not in VARYING and own[name] != document[name]] == []


def test_results_have_the_fields_of_the_json(shop, project):
    same(project.plan("northbeam"), shop.run("plan", "--output", "json").json()[0])
    summary = project.sync("northbeam")
    assert (summary.delivered, summary.invalid, summary.exit_code) == (9, 1, 1)
    assert shop.sandbox.counts()["orders"] == 9
    same(project.sync("northbeam"), shop.run("sync", "--output", "json").json()[0])
    same(project.status("northbeam"), shop.run("status", "--output", "json").json()[0])
    order = project.order("order-000003", "northbeam")
    same(order, shop.run("show", "order-000003", "--output", "json").json()[0])
    (error,) = project.errors("northbeam")
    assert dataclasses.asdict(error) == shop.run("errors", "--output", "json").json()[0]
    validation = project.validate("northbeam")
    (violation,) = shop.run("validate", "--output", "json").json()
    (found,) = validation.violations
    assert {"destination": "northbeam", **dataclasses.asdict(found)} == violation
    assert (validation.orders, validation.invalid) == (10, 1)
    assert [rule.orders for rule in validation.rules] == [1]
    for result in (summary, order, error, validation, found):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, dataclasses.fields(result)[0].name, "another")


def test_a_backfill_has_the_fields_of_the_json(shop, project):
    shop.sql("update northbeam__orders set currency = 'GBP'")
    planned = project.backfill("northbeam", first="2026-01", last="2026-02", dry_run=True)
    document = shop.run("backfill", "northbeam", "--dry-run", "--output", "json").json()
    assert json.loads(json.dumps(planned.as_dict())) == document
    assert shop.sandbox.counts()["orders"] == 0
    assert [each.delivered for each in project.backfill("northbeam").windows] == [10]
    with pytest.raises(ConfigError, match="is later than"):
        project.backfill("northbeam", first="2026-02", last="2026-01")


def test_one_account_that_fails_keeps_no_other_from_its_result(shop, project):
    two_accounts(shop, api_key="${NOT_SET}")
    assert project.accounts() == ("northbeam", "other")
    results = project.sync()
    assert list(results) == ["northbeam", "other"]
    assert results["northbeam"].delivered == 9
    with pytest.raises(ConfigError, match="NOT_SET"):
        results.__getitem__("other")
    assert (list(results.failures), results.worst()) == (["other"], 2)
    document = shop.run("sync", "other", "--output", "json").json()[0]
    assert list(results.failures["other"].as_dict()) == list(document)
    with pytest.raises(ConfigError, match="NOT_SET"):
        project.sync("other")
    with pytest.raises(ConfigError, match="there is no destination 'northbean'"):
        project.status("northbean")


def test_it_prints_nothing_and_leaves_signals_alone(shop, project, capfd):
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    project.sync("northbeam")
    shop.configure(api_key="${NOT_SET}")
    with pytest.raises(ConfigError):
        project.sync("northbeam")
    assert capfd.readouterr() == ("", "")
    assert {number: signal.getsignal(number) for number in handlers} == handlers


def test_what_is_refused_is_retried(shop, project):
    shop.sandbox.poison(named="order-000005")
    assert project.retry("northbeam") is None
    assert project.sync("northbeam").refused == 1
    shop.sandbox.poison()
    assert project.retry("northbeam", ["order-000005"]).delivered == 1
    assert project.retry([]) == {}


def test_what_is_there_already_is_adopted(shop, project):
    assert project.adopt("northbeam").exit_code == GuardError.exit_code
    with pytest.raises(ChoiceError, match="no order is named"):
        project.adopt("northbeam", order_ids=[], unguarded=True)
    adopted = project.adopt("northbeam", until="2026-01", unguarded=True)
    assert (adopted.delivered, project.plan("northbeam").planned) == (9, 0)
    assert project.undo_adoption("northbeam", adopted.run_id).undone == 9
    assert project.plan("northbeam").planned == 9
    assert shop.sandbox.counts()["orders"] == 0


def test_accounts_at_the_same_time_tell_the_observers_of_the_caller(shop, project, capfd):  # noqa: ARG001
    two_accounts(shop)
    heard, lock = [], threading.Lock()

    class Listener(connector.Observer):
        def started(self, run):
            self.note("started", run)

        def finished(self, run, ended):
            self.note("finished", run, ended.exit_code)

        def note(self, *facts):
            assert lock.acquire(blocking=False)
            heard.append((facts[0], facts[1].destination, *facts[2:]))
            lock.release()

    results = connector.open(shop.directory, observers=[Listener()]).sync(jobs=2)
    assert [(each.delivered, each.invalid) for each in results.values()] == [(9, 1), (9, 1)]
    assert sorted(heard) == [
        *(("finished", name, 1) for name in ("northbeam", "other")),
        *(("started", name) for name in ("northbeam", "other")),
    ]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_goes_to_another_process_as_it_is(number):
    error = InterruptedRunError("interrupted; start it again", number).because("a signal")
    error.is_recorded = True
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(again), again.exit_code, again.told) == (str(error), 128 + number, "a signal")
    assert again.is_recorded


def test_what_looks_after_a_project_has_the_fields_of_the_json(shop, project):
    project.sync("northbeam")
    (run,) = project.runs("northbeam")
    (listed,) = shop.run("runs", "--output", "json").json()
    assert json.loads(exact.dumps(run.as_dict())) == listed
    detail = project.run("northbeam", run.run_id)
    assert detail == project.find_run(run.run_id)
    assert (
        json.loads(exact.dumps(detail.as_dict()))
        == shop.run("runs", "1", "--output", "json").json()
    )
    assert [batch.delivered for batch in detail.batches] == [9]
    with pytest.raises(ChoiceError, match="no run 17"):
        project.find_run(17)
    verified = project.verify("northbeam")
    document = shop.run("--quiet", "verify", "--output", "json").json()[0]
    assert (verified.equal, verified.exit_code, verified.first) == (9, 0, "2026-01-01")
    same(verified, document)
    with pytest.raises(ConfigError, match="write 7d"):
        project.verify("northbeam", days="7h")
    findings = [each.as_dict() | {"message": ""} for each in project.doctor(["northbeam"])]
    shown = shop.run("doctor", "--output", "json").json()
    assert findings == [each | {"message": ""} for each in shown]  # the clock's varies
    assert project.schedule(verify="7d") == shop.run("schedule", "--verify", "7d").out
    with pytest.raises(ConfigError, match="use one of cron"):
        project.schedule(scheduler="crom")


def test_what_is_kept_is_exported_and_forgotten(shop, project):
    project.sync("northbeam")
    exported = project.export(shop.directory / "exports")
    assert (exported.runs, exported.orders) == (1, 10)
    found = project.forget(order_ids=["order-000001"], dry_run=True)
    shown = shop.run("forget", "--order-id", "order-000001", "--dry-run", "--output", "json")
    assert found.as_dict() == shown.json()
    assert project.forget(order_ids=["order-000001"]).found[0].orders == 1
    assert [run.command for run in project.runs("northbeam")] == ["forget", "sync"]
    with pytest.raises(ChoiceError, match="name orders or customers"):
        project.forget()


def test_a_project_is_prepared(tmp_path):
    (tmp_path / "dbt_project.yml").write_text("name: shop")
    wanted = {"destinations": ["northbeam"], "environment": "production"}
    planned = connector.init(tmp_path, **wanted, dry_run=True)
    assert [path.name for path in tmp_path.iterdir()] == ["dbt_project.yml"]
    found = connector.init(tmp_path, **wanted)
    assert (found, found.environment) == (planned, "production")
    assert {"NORTHBEAM_API_KEY"} <= set(found.variables)
    assert [file for file in found.files if not (tmp_path / file.path).exists()] == []
    assert {each["status"] for each in connector.init(tmp_path, **wanted).as_dict()} == {"kept"}
    schema = (tmp_path / "connector.schema.json").read_text()
    assert schema == connector.schema_text(tmp_path)
    with pytest.raises(ChoiceError, match="no destination is named"):
        connector.init(tmp_path, destinations=[])


def test_a_rule_that_nobody_has_is_told_with_the_nearest(project):
    with pytest.raises(ChoiceError, match=r"currency\.enum"):
        project.errors("northbeam", rule="currency.enun")


def test_a_run_is_interrupted_by_whoever_has_started_it(shop):
    shop.orders(0, 3000)
    shop.configure(concurrency=1)
    began = []

    class Impatient(connector.Observer):
        def progressed(self, run, progress):  # noqa: ARG002
            if progress.phase == "sending" and progress.delivered:
                began.append(project.interrupt(signal.SIGTERM))

    project = connector.open(shop.directory, observers=[Impatient()])
    summary = project.sync("northbeam")
    assert (summary.exit_code, began[0]) == (143, None)
    assert 0 < summary.delivered < 3000
    assert summary.delivered + summary.pending == 3000
    assert connector.open(shop.directory).sync("northbeam").pending == 0


@pytest.mark.usefixtures("project")
def test_a_ledger_that_is_held_is_an_exception(shop, monkeypatch):
    monkeypatch.setattr("connector.ledger.file.WAIT", 0.2)  # seconds, instead of ten
    found = []

    class Second(connector.Observer):
        def progressed(self, run, progress):  # noqa: ARG002
            if not found:
                with pytest.raises(LedgerHeldError):
                    connector.open(shop.directory).sync("northbeam")
                found.append(connector.open(shop.directory).status("northbeam"))

    connector.open(shop.directory, observers=[Second()]).sync("northbeam")
    assert found[0].running["phase"] == "planning"


def test_to_import_it_loads_nothing_of_it():
    program = "import sys, connector; print(*sorted(sys.modules))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    own = [name for name in done.stdout.split() if name.startswith("connector")]
    assert own == ["connector"]
    assert not {"duckdb", "click", "typing", "requests"} & set(done.stdout.split())


def test_every_public_name_is_there():
    assert all(getattr(connector, name) for name in dir(connector))
    with pytest.raises(AttributeError):
        connector.nothing  # noqa: B018


# The examples of the guide.


def examples() -> dict[str, str]:
    """The examples by the comment that they begin with; those without one by their number."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    return {
        (block.partition("\n")[0][2:] if block.startswith("# ") else str(number)): block
        for number, block in enumerate(blocks)
    }


def plain(code: str) -> str:
    """The functions of an example that no scheduler has decorated, as they stand there."""
    functions = [each for each in ast.parse(code).body if isinstance(each, ast.FunctionDef)]
    return "\n".join(ast.unparse(each) for each in functions if not each.decorator_list)


def placed(code: str, shop: Shop) -> str:
    assert '"/srv/shop"' in code
    return code.replace('"/srv/shop"', repr(str(shop.directory)))


@pytest.mark.parametrize("name", [name for name in examples() if name.isdecimal()])
def test_the_examples_of_the_guide_run(shop, project, name, capsys):
    assert project.plan("northbeam").planned == 9
    exec(placed(examples()[name], shop), {"__name__": "__main__"})  # noqa: S102
    assert "9" in capsys.readouterr().out
    assert shop.sandbox.counts()["orders"] == 9


@pytest.mark.parametrize(
    ("scheduler", "sent"),
    [("airflow", 9), ("dagster", {"delivered": 9, "refused": 0, "invalid": 1})],
)
def test_the_task_of_a_scheduler_sends(shop, project, scheduler, sent):  # noqa: ARG001
    space: dict = {}
    exec(plain(placed(examples()[scheduler], shop)), space)  # noqa: S102
    assert space["send"]("northbeam") == sent
    assert shop.sandbox.counts()["orders"] == 9
    shop.configure(url="http://127.0.0.1:1/v2/orders", attempts=1)
    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1"):
        space["send"]("northbeam")


def test_the_cell_of_a_notebook_counts_errors(shop, project):
    project.sync("northbeam")
    space: dict = {}
    exec(placed(examples()["notebook"], shop), space)  # noqa: S102
    assert [orders for _, orders in space["messages"].fetchall()] == [1]


AIRFLOW = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1], load_op_links=False)
assert not bag.import_errors, bag.import_errors
(dag,) = bag.dags.values()
print()
print(json.dumps([dag.dag_id, dag.max_active_runs, [task.task_id for task in dag.tasks]]))
"""
DAGSTER = """
import dagster, json, runpy, sys
asset = runpy.run_path(sys.argv[1])["northbeam"]
(event,) = dagster.materialize([asset]).asset_materializations_for_node("northbeam")
print()
print(json.dumps({name: each.value for name, each in event.metadata.items()}))
"""


@pytest.mark.timeout(300)
def test_airflow_takes_the_example(shop, tmp_path, schedulers):
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "orders.py").write_text(placed(examples()["airflow"], shop))
    assert told(schedulers, AIRFLOW, str(dags)) == ["connector_orders", 1, ["send"]]


@pytest.mark.timeout(300)
def test_dagster_materializes_the_example(shop, project, tmp_path, schedulers):  # noqa: ARG001
    path = tmp_path / "definitions.py"
    path.write_text(placed(examples()["dagster"], shop))
    shown = told(schedulers, DAGSTER, str(path))
    assert shown == {"delivered": 9, "refused": 0, "invalid": 1}

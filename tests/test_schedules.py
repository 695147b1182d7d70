"""Schedules keep the cadence, and each scheduler's own parser accepts its text."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from croniter import croniter

from connector.destinations import contracts
from connector.schedules import cadence
from tests.schedulers import told
from tests.shop import Shop

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)
PLANS = ["1/day", "2/day", "4/day", "5/day", "1/hour", "36/day", "60/day", "6/hour"]


def times(cron: str) -> list[datetime]:
    """The times at which a line of cron runs on a day."""
    assert croniter.is_valid(cron), cron
    found, clock = [], croniter(cron, MIDNIGHT - timedelta(seconds=1))
    while (moment := clock.get_next(datetime)) < MIDNIGHT + DAY:
        found.append(moment)
    return found


def gaps(moments: list[datetime]) -> set[timedelta]:
    following = [*moments[1:], moments[0] + DAY]
    return {after - before for before, after in zip(moments, following, strict=True)}


def written(shop: Shop, *arguments: str) -> str:
    result = shop.run("schedule", *arguments)
    assert result.code == 0, result.err
    return result.out


# The cadence


@pytest.mark.parametrize("plan", PLANS)
def test_pushes_are_even_and_at_least_twice_as_frequent_as_the_plan(plan):
    count, per = plan.split("/")
    found = times(cadence(plan).cron)
    assert len(found) == cadence(plan).pushes >= 2 * int(count) * {"day": 1, "hour": 24}[per]
    assert len(gaps(found)) == 1


def test_four_processings_a_day_are_eight_pushes():
    found = cadence("4/day")
    assert (found.pushes, found.words, found.cron) == (8, "3h", "7 */3 * * *")


@pytest.mark.parametrize("plan", PLANS)
def test_the_nightly_push_is_well_apart_from_the_others(plan):
    (night,) = times(cadence(plan).nightly_cron)
    assert min(abs(night - moment) for moment in times(cadence(plan).cron)) >= timedelta(minutes=2)


@pytest.mark.parametrize("plan", ["4", "0/day", "4/week", "-1/day", "145/day", "7/hour", ""])
def test_a_plan_that_cannot_be_kept_is_wrong_usage(shop, plan):
    shop.run("schedule", "--plan", plan).fails(2, repr(plan), "4/day", "at most 144/day")


# What every scheduler is told


@pytest.mark.parametrize("scheduler", ["cron", "systemd", "github", "airflow", "dagster"])
def test_every_schedule_says_where_the_keys_are_and_shows_none(shop, scheduler):
    text = written(shop, "--format", scheduler)
    assert "planted" not in text
    assert "cadence: 3h" in text
    assert str(shop.directory) in text
    assert "sync northbeam --full" in text
    assert "sync northbeam --full" not in written(shop, "--format", scheduler, "--no-full")


def test_options_are_passed_on_with_paths_that_hold_anywhere(shop):
    options = ["--target", "prod", "--profiles-dir", "profiles"]
    result = shop.run(*options, "schedule", "--build", "--environment", "uat")
    profiles = Path.cwd() / "profiles"
    assert f"--quiet --profiles-dir {profiles} --target prod sync northbeam" in result.out
    assert "sync northbeam --environment uat --build || {" in result.out


def test_a_destination_where_a_send_sets_something_off_gets_nothing_twice(shop):
    own = shop.directory / "destinations/own/contract.yml"
    own.parent.mkdir(parents=True)
    northbeam = contracts()["northbeam"].path.read_text()
    own.write_text(
        northbeam.replace("x-destination: northbeam", "x-destination: own").replace(
            "x-side-effects: false", "x-side-effects: starts workflows"
        )
    )
    settings = yaml.safe_load((shop.directory / "connector.yml").read_text())
    settings["destinations"]["own"] = settings["destinations"]["northbeam"]
    shop.write(yaml.safe_dump(settings))
    push, everything = [line for line in written(shop).splitlines() if re.match(r"\d", line)]
    assert "sync northbeam own ||" in push
    assert "sync northbeam --full ||" in everything
    assert "--full" not in written(shop, "own")


# What each scheduler receives


@pytest.mark.parametrize("plan", PLANS)
def test_cron_understands_its_lines(shop, plan):
    lines = [line for line in written(shop, "--plan", plan).splitlines() if line[0] != "#"]
    assert lines[0] == "SHELL=/bin/sh"
    for line in lines[1:]:
        when, command = line.split(" mkdir ", 1)
        assert croniter.is_valid(when)
        assert f"cd {shop.directory} && set -a && . ./.env && set +a && " in command
    assert len(lines) == 3


def test_the_line_of_cron_runs_with_the_keys_of_the_env_file(tmp_path, shop, monkeypatch):
    """In a folder with a name that the shell, cron and systemd could each misread."""
    odd = tmp_path / "100% my shop's $HOME"
    shutil.copytree(shop.directory, odd, ignore=shutil.ignore_patterns(odd.name))
    for name in ("NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID"):
        monkeypatch.delenv(name)
    (odd / ".env").write_text("NORTHBEAM_API_KEY=from-file\nNORTHBEAM_CLIENT_ID=from-file\n")
    there = Shop(odd, shop.sandbox)
    there.orders(0, 3)
    line = next(line for line in written(there).splitlines() if line.startswith("7 "))
    command = line.split(" ", 5)[5].replace("\\%", "%")  # as cron does
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert shop.sandbox.counts()["orders"] == 3
    assert "delivered" in (odd / ".connector" / "cron.log").read_text()


@pytest.mark.parametrize("code", [0, 1, 2, 5, 143])
@pytest.mark.parametrize("well", [True, False])
def test_a_job_counts_1_for_what_status_makes_of_it(tmp_path, shop, code, well):
    """Python also ends with 1 when the package cannot be imported; then so does `status`."""
    workflow = yaml.safe_load(written(shop, "--format", "github"))
    fake = tmp_path / "connector"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *status*) exit {int(not well)};; esac\nexit {code}\n')
    fake.chmod(0o700)
    for step in workflow["jobs"]["sync"]["steps"]:
        command = re.sub(r"\S*/connector(?= )", str(fake), step["run"])
        assert command.count(str(fake)) == 2
        done = subprocess.run(["/bin/sh", "-ec", command], check=False)
        assert done.returncode == (code if code != 1 else int(not well))


def units(text: str) -> dict[str, str]:
    return dict(
        re.findall(
            r"^# /etc/systemd/system/(\S+)\n(.*?)(?=^# /etc|\Z)", text, re.MULTILINE | re.DOTALL
        )
    )


systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


@systemd
def test_systemd_takes_the_units(shop, tmp_path):
    found = units(written(shop, "--format", "systemd"))
    assert [*found] == [
        f"connector-{n}.{kind}" for n in ("sync", "full") for kind in ("service", "timer")
    ]
    for name, text in found.items():
        (tmp_path / name).write_text(text)
    command = ["systemd-analyze", "verify", *(str(tmp_path / name) for name in found)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@systemd
@pytest.mark.parametrize("plan", PLANS)
def test_systemd_and_cron_mean_the_same_times(plan):
    found = cadence(plan)
    for calendar, cron in (
        (found.calendar, found.cron),
        (found.nightly_calendar, found.nightly_cron),
    ):
        command = [
            "systemd-analyze",
            "calendar",
            "--iterations=5",
            "--base-time=2026-01-01",
            calendar,
        ]
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        clock = croniter(cron, MIDNIGHT)
        expected = [clock.get_next(datetime).strftime("%Y-%m-%d %H:%M:%S") for _ in range(5)]
        assert re.findall(r"\w{3} (\S+ \S+) UTC", done.stdout) == expected


def test_github_takes_the_workflow(shop, tmp_path):
    path = tmp_path / "workflow.yml"
    path.write_text(written(shop, "--format", "github"))
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [tool, "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    workflow = yaml.safe_load(path.read_text())
    job = workflow["jobs"]["sync"]
    assert job["env"]["NORTHBEAM_API_KEY"] == "${{ secrets.NORTHBEAM_API_KEY }}"
    # YAML 1.1 takes `on` for true.
    crons = [each["cron"] for each in workflow[True]["schedule"]]
    assert crons == ["7 */3 * * *", "37 2 * * *"]
    assert [step["if"].split("'")[1] for step in job["steps"]] == [crons[1], crons[1]]


def test_the_last_days_are_verified_where_they_can_be_read_back(shop):
    command = "verify northbeam --last 7d"
    assert "--last" not in written(shop)
    assert written(shop, "--verify", "7d").count(command) == 1
    assert "37 5 * * *" in written(shop, "--verify", "7d")
    workflow = yaml.safe_load(written(shop, "--verify", "7d", "--format", "github"))
    steps = workflow["jobs"]["sync"]["steps"]
    assert (len(steps), steps[2]["run"].endswith(command)) == (3, True)
    assert "!= '37 5 * * *'" in steps[0]["if"]
    timers = written(shop, "--verify", "7d", "--format", "systemd")
    assert "OnCalendar=*-*-* 05:37:00" in timers
    assert re.search(rf"ExecStart=\S+ --quiet {command}$", timers, flags=re.MULTILINE)
    for scheduler in ("airflow", "dagster"):
        text = written(shop, "--verify", "7d", "--format", scheduler)
        assert command in text
        compile(text, scheduler, "exec")
    shop.configure(environment="uat", url="https://api-uat.northbeam.io/v2/orders")
    assert "--last" not in written(shop, "--verify", "7d")  # which gives nothing back


# Airflow and Dagster


AIRFLOW = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1], load_op_links=False)
assert not bag.import_errors, bag.import_errors
dags = [bag.dags[name] for name in sorted(bag.dags)]
print()
print(json.dumps([[d.dag_id, d.schedule, d.catchup, d.max_active_runs,
    [t.bash_command for t in d.tasks]] for d in dags]))
"""
DAGSTER = """
import json, runpy, sys
repository = runpy.run_path(sys.argv[1])["definitions"].get_repository_def()
print()
print(json.dumps([[s.job_name, s.cron_schedule, s.execution_timezone]
    for s in repository.schedule_defs]))
"""
ENDED = """
import json, runpy, sys
repository = runpy.run_path(sys.argv[1])["definitions"].get_repository_def()
job = repository.get_job("connector_sync")
print()
print(json.dumps([job.execute_in_process(raise_on_error=False).success]))
"""


@pytest.mark.timeout(300)
def test_airflow_takes_the_dags(shop, tmp_path, schedulers):
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "connector.py").write_text(written(shop, "--format", "airflow"))
    full, push = told(schedulers, AIRFLOW, str(dags))
    assert push[:4] == ["connector_sync", "7 */3 * * *", False, 1]
    assert full[:4] == ["connector_full", "37 2 * * *", False, 1]
    assert "sync northbeam || {" in push[4][0]
    assert "sync northbeam --full || {" in full[4][0]


@pytest.mark.timeout(300)
def test_dagster_takes_the_jobs(shop, tmp_path, schedulers):
    path = tmp_path / "definitions.py"
    path.write_text(written(shop, "--format", "dagster"))
    assert sorted(told(schedulers, DAGSTER, str(path))) == [
        ["connector_full", "37 2 * * *", "UTC"],
        ["connector_sync", "7 */3 * * *", "UTC"],
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("code", "well"), [(0, True), (5, True), (4, False)])
def test_a_job_of_dagster_ends_as_the_connector_does(shop, tmp_path, schedulers, code, well):
    path = tmp_path / "definitions.py"
    text = written(shop, "--format", "dagster", "--no-full")
    path.write_text(re.sub(r'run\(context, ".*"\)', f'run(context, "exit {code}")', text))
    assert told(schedulers, ENDED, str(path)) == [well]

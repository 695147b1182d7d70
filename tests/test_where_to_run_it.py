"""docs/where-to-run-it.md shows what `connector schedule` prints, and each tool accepts it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from croniter import croniter

from connector import schedules
from docs.schedule_texts import KEYS, PAGE, blocks, filled
from tests.schedulers import told
from tests.test_dockerfile import TMP
from tests.test_schedules import AIRFLOW, systemd, units, written

TEXT = PAGE.read_text()
BLOCKS = blocks(TEXT)
ADDRESS = "s3://our-bucket/order-connector"
TOOLS = Path(sys.executable).parent


def run(*command: object) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_has_what_the_command_prints():
    assert [*BLOCKS] == ["cron", "systemd", "github", "kubernetes", "airflow"]
    assert {*BLOCKS} < {*schedules.FORMATS}
    assert filled(TEXT) == TEXT, "docs/where-to-run-it.md is old; run `make docs` and commit it"


@pytest.mark.parametrize("scheduler", BLOCKS)
def test_each_text_says_where_ledger_and_keys_are_and_looks_at_the_health(scheduler):
    text = BLOCKS[scheduler]
    assert all(key in text or ".env" in text for key in KEYS)
    assert "status northbeam" in text.split("health", 1)[-1] or scheduler in ("cron", "github")
    assert ("order-connector" in text) == (scheduler in ("github", "kubernetes"))
    assert "sync northbeam --build" in text


def test_cron_takes_its_lines_and_the_check_tells_only_when_it_fails(tmp_path):
    lines = [line for line in BLOCKS["cron"].splitlines() if line[0] != "#"]
    assert lines.pop(0) == "SHELL=/bin/sh"
    assert all(croniter.is_valid(" ".join(line.split(" ")[:5])) for line in lines)
    check = lines[-1].split(" ", 5)[5]
    (tmp_path / ".env").touch()
    fake = tmp_path / "connector"
    fake.write_text("#!/bin/sh\necho late\nexit $CODE\n")
    fake.chmod(0o700)
    command = check.replace("/opt/connector/bin/connector", str(fake))
    command = command.replace("/srv/orders", str(tmp_path))
    for code, out in (("0", ""), ("1", "late\n")):
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            capture_output=True,
            text=True,
            check=True,
            env={"CODE": code},
        )
        assert done.stdout == out


@systemd
def test_systemd_takes_the_units(tmp_path):
    text = BLOCKS["systemd"].replace("/opt/connector/bin", str(TOOLS))
    found = units(text.replace("/srv/orders", str(tmp_path)))
    assert [*found][-2:] == ["connector-health.service", "connector-health.timer"]
    for name, unit in found.items():
        (tmp_path / name).write_text(unit)
    run("systemd-analyze", "verify", *(tmp_path / name for name in found))
    credential = re.search(r"```ini\n(LoadCredential.*?)```", TEXT, re.DOTALL)[1]
    unit = tmp_path / "connector-sync.service"
    unit.write_text(re.sub("EnvironmentFile=.*\n", credential, unit.read_text()))
    run("systemd-analyze", "verify", unit)


def test_github_takes_the_workflow(tmp_path):
    path = tmp_path / "workflow.yml"
    path.write_text(BLOCKS["github"])
    tool = TOOLS / "check-jsonschema"
    run(tool, "--builtin-schema", "vendor.github-workflows", path)
    job = yaml.safe_load(BLOCKS["github"])["jobs"]["sync"]
    assert "AWS_SECRET_ACCESS_KEY" in job["env"]
    pins = [step["uses"] for step in job["steps"] if "uses" in step]
    own = (PAGE.parents[1] / ".github/workflows/ci.yml").read_text()
    assert all(pin in own for pin in pins), "not the versions that our own workflow uses"
    assert job["steps"][2]["run"] == "pip install 'order-connector[dbt,bucket]'"


@pytest.mark.parametrize("ledger", [ADDRESS, ".connector/ledger.duckdb"])
def test_kubernetes_takes_the_jobs(shop, tmp_path, ledger):
    own = BLOCKS["kubernetes"]
    if ledger != ADDRESS:
        own = written(shop, "--format", "kubernetes", "--health")
        assert "claimName: connector-ledger" in own
    path = tmp_path / "jobs.yml"
    path.write_text(own)
    run(sys.executable, "-m", "kubernetes_validate", "--strict", path)
    jobs = list(yaml.safe_load_all(own))
    assert [job["metadata"]["name"] for job in jobs] == [
        f"connector-{name}" for name in ("sync", "full", "health")
    ]
    for job in jobs:
        assert croniter.is_valid(job["spec"]["schedule"])
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert {each["name"] for each in container["env"]} == {f"{key}_FILE" for key in KEYS}
        mounts = {each["mountPath"] for each in container["volumeMounts"]}
        assert mounts == {"/run/secrets/connector", "/project/.connector", TMP}
        assert pod["securityContext"]["runAsUser"] == 10001


@pytest.mark.timeout(300)
def test_airflow_takes_the_dags(tmp_path, schedulers):
    (tmp_path / "connector.py").write_text(BLOCKS["airflow"])
    found = told(schedulers, AIRFLOW, str(tmp_path))
    assert [dag[0] for dag in found] == ["connector_full", "connector_health", "connector_sync"]
    assert "status northbeam" in found[1][4][0]


def test_the_python_of_airflow_compiles():
    compile(BLOCKS["airflow"], "airflow", "exec")

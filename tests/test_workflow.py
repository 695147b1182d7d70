"""The workflow for pushes and nights: valid, pinned, and on the promised Pythons."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def pythons() -> list[str]:
    """From the oldest to the newest that CONTRIBUTING.md promises."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    first, last = map(int, re.search(r"Python 3\.(\d+) to 3\.(\d+)", text).groups())
    return [f"3.{minor}" for minor in range(first, last + 1)]


def jobs() -> dict:
    return yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_github_takes_the_workflow(path):
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [tool, "--builtin-schema", "vendor.github-workflows", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path):
    """A tag can be moved to other code, a commit cannot."""
    used = re.findall(r"uses: *(.+)", path.read_text())
    assert used
    assert [action for action in used if not PINNED.match(action)] == []


def test_a_push_is_checked_on_the_oldest_python_and_every_night_is_on_all():
    versions = re.findall(r"'(\[\"3[^']*)'", jobs()["test"]["strategy"]["matrix"]["python"])
    assert [json.loads(each) for each in versions] == [pythons()[:1], pythons()]
    assert f'requires-python = ">={pythons()[0]}"' in (ROOT / "pyproject.toml").read_text()


def test_a_night_goes_the_full_length():
    long = jobs()["long"]
    assert "schedule" in long["if"]
    assert {"run": "make test-long"} in long["steps"]
    makefile = (ROOT / "Makefile").read_text()
    assert "pytest --long" in makefile.partition("\ntest-long:")[2].partition("\n\n")[0]


def test_coverage_is_measured_by_a_job_of_its_own_whatever_starts_it():
    """`make test` leaves it out, which saves a tenth of its time or more."""
    coverage = jobs()["coverage"]
    assert "if" not in coverage
    assert {"run": "make coverage"} in coverage["steps"]
    makefile = (ROOT / "Makefile").read_text()
    for target, measures in {"coverage": True, "test": False}.items():
        recipe = makefile.partition(f"\n{target}: ")[2].partition("\n\n")[0]
        assert ("--cov " in recipe) is measures
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
    assert settings["report"]["fail_under"] == 95

"""The licences of others and the bill of materials name what is installed with the connector."""

import re

from docs.materials import LICENCES, LOCK, bill, licences, locked, shipped


def test_what_is_installed_with_the_connector_is_named_once():
    names = [package.name for package in shipped()]
    assert {"duckdb", "requests", "urllib3", "click", "dbt-core", "uvicorn"} <= set(names)
    assert not {"pytest", "ruff", "mypy", "hypothesis"} & set(names)
    assert len(names) == len(set(names))


def test_the_list_of_licences_is_up_to_date():
    """Other systems and other Pythons need a few packages more or fewer."""
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (\S+) \| (.+) \|$", LICENCES.read_text(), re.MULTILINE)
    known = locked()
    named = {name: version for name, version, _ in rows if name != "package"}
    assert named == {name: known[name].version for name in named}, "run `make licences`"
    assert len({package.name for package in shipped()} ^ named.keys()) < 8, "run `make licences`"
    assert LICENCES.read_text()[:200] == licences()[:200]


def test_the_bill_of_materials_has_each_package_with_its_hashes():
    components = {each["name"]: each for each in bill()["components"]}
    for package in shipped():
        found = components[package.name]
        assert found["purl"] == f"pkg:pypi/{package.name}@{package.version}"
        hashes = [each["content"] for each in found["hashes"]]
        assert hashes == [*locked()[package.name].hashes]
        assert hashes


def test_what_runs_is_locked_as_what_is_tested_and_lints_nothing():
    locked, runs = (
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", LOCK.with_name(name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-run.lock")
    )
    assert runs.items() <= locked.items()
    assert {"duckdb", "dbt-core", "uvicorn"} <= runs.keys()
    assert not {"ruff", "mypy", "pytest", "sqlfluff", "hypothesis"} & runs.keys()

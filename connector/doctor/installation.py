"""Checks of the machine: Python, packages."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from connector.doctor.finding import Group, Result, failed, ok, skipped
from connector.doctor.subject import Subject
from connector.engine.engine import unfit_version

_OLDEST = (3, 11)
_NEWEST = (3, 13)
_PACKAGE = "order-connector"


def python(_: Subject) -> Iterator[Result]:
    """Check that Python is of a version that the connector is tested with."""
    found = ".".join(map(str, sys.version_info[:3]))
    if _OLDEST <= sys.version_info[:2] <= _NEWEST:
        yield ok(found)
    else:
        yield failed(f"{found} is not tested; make an environment with Python 3.11 to 3.13")


def packages(_: Subject) -> Iterator[Result]:
    """Check that what the connector needs is installed in versions that it allows."""
    if fault := unfit_version():
        yield failed(fault)
        return
    try:
        wrong = list(_unfit())
    except PackageNotFoundError:
        yield failed(f"{_PACKAGE} is not installed here; run `pip install {_PACKAGE}`")
        return
    except ModuleNotFoundError:
        yield skipped("versions are compared where `packaging` is installed; dbt brings it along")
        return
    for found in wrong:
        yield failed(f"{found}; run `pip install --upgrade {_PACKAGE}`")
    if not wrong:
        yield ok(f"{_PACKAGE} {version(_PACKAGE)}, duckdb {version('duckdb')}")


def _unfit() -> Iterator[str]:
    """Yield what is missing or of another version; extras only where they are installed."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - dbt's, not the connector's

    for line in requires(_PACKAGE) or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            yield f"{requirement.name} is not installed"
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            yield f"{requirement.name} is {found}, the connector needs {requirement.specifier}"


def dbt(_: Subject) -> Iterator[Result]:
    """Look for dbt, which only `sync --build` needs in this environment."""
    try:
        yield ok(", ".join(f"{name} {version(name)}" for name in ("dbt-core", "dbt-duckdb")))
    except PackageNotFoundError as error:
        advice = f"`sync --build` needs it: pip install '{_PACKAGE}[dbt]'"
        yield skipped(f"{error.name} is not installed here; {advice}")


CHECKS: Group[Subject] = {"python": python, "packages": packages, "dbt": dbt}

"""The dbt project of this repository, built by dbt in a folder of its own."""

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from sample import warehouse
from tests.unmeasured import untraced

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

ROOT = Path(__file__).parents[1]
PARTS = ["models", "macros", "dbt_package", "tests/dbt", "dbt_project.yml", "profiles.yml"]
VIEWS = sorted(path.stem for path in ROOT.glob("models/destinations/*/*.sql"))
BUILT = "BUILT_SAMPLE"  # an environment variable: where the project is that was built, if it was
PARSED = Path("target/partial_parse.msgpack")
# Unit tests bring rows of their own, and ran when the sample was built.
TESTED = ["--exclude-resource-type", "unit_test"]
# Whose rows say something new about staging and about what only warns, but not about the tests of
# marts and seeds that fail a build.
LOOKED_AT = [*TESTED, "--indirect-selection", "cautious", "--exclude"]
LOOKED_AT += [f"config.severity:ERROR,path:models/{part}" for part in ("intermediate", "marts")]
LOOKED_AT += ["path:dbt_package/seeds,resource_type:test"]
# For those who need no manifest.json and no run_results.json, which are written again each time.
UNWRITTEN = "--no-write-json"


def copy_project(directory: Path) -> Path:
    """Copy the dbt project into `directory` and return it, ready for `run_dbt`.

    What dbt has parsed is copied, too, once the sample was built: dbt reads only what is changed.
    """
    (directory / "target").mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source, target = ROOT / part, directory / part
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    parsed = Path(os.environ.get(BUILT, ".")) / PARSED
    if parsed.exists():
        shutil.copy(parsed, directory / PARSED)
    return directory


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set environment variables for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage: dbt makes so many objects that last that it takes a tenth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def run_dbt(directory: Path, arguments: Sequence[str], logged: str = "none") -> "dbtRunnerResult":
    """Run dbt in this process on the project in `directory`; its warehouse is oms.duckdb there.

    A log that nobody reads, each line of which is searched for secrets, takes a tenth of the time;
    `logged` asks for one of a level.
    """
    # To import dbt takes a second, which those who run nothing do not need.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    places = [
        *("--log-level", "none", "--log-level-file", logged),
        *("--project-dir", str(directory), "--profiles-dir", str(directory)),
        *("--target-path", str(directory / "target"), "--log-path", str(directory / "logs")),
    ]
    # To name it by its whole path would make dbt parse the copy of a project all over again.
    settings = environment(OMS_WAREHOUSE="oms.duckdb", DO_NOT_TRACK="1")
    with chdir(directory), settings, untraced(), uncollected():
        outcome = dbtRunner().invoke(["--quiet", *arguments, *places])
    # dbt keeps the file open for its next run, which would lock out everyone else.
    DuckDBConnectionManager.close_all_connections()
    return outcome


def build_warehouse(directory: Path, part: str = "", chosen: Sequence[str] = ()) -> Path:
    """Load the sample, build and test every model in `directory`, and return the warehouse.

    `part` is SQL that leaves only a part of the sample, `chosen` are options of `dbt build`.

    Raises:
        AssertionError: `dbt build` failed; its message names the nodes.
    """
    copy_project(directory)
    path = directory / "oms.duckdb"
    warehouse.load(path)
    with duckdb.connect(path) as connection:
        connection.execute(part)
    outcome = run_dbt(directory, ["build", *chosen])
    assert outcome.success, outcome.exception or failed_nodes(outcome)
    return path


def failed_nodes(outcome: "dbtRunnerResult") -> list[str]:
    """Describe what failed in a run of dbt, one line per node."""
    return [
        f"{result.node.name}: {result.message}"
        for result in outcome.result or []
        if result.status in ("error", "fail", "runtime error")
    ]

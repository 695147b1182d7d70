"""Runs what the demo shows: dbt, the connector and the local destinations. All is in .demo/."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
HOME = PROJECT / ".demo"
WAREHOUSE = HOME / "oms.duckdb"
BIN = Path(sys.executable).parent


@contextmanager
def local_destinations() -> Iterator[Callable[[], str]]:
    """Start a sandbox, which stands in for all destinations, on any free port.

    Yields a function that waits until it is there and returns its URL.
    """
    with subprocess.Popen(
        [BIN / "connector", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:

        def url() -> str:
            line = process.stdout.readline() if process.stdout else ""
            print(f"\n$ connector sandbox &\n{line.strip()}")
            return line.split()[-1]

        try:
            yield url
        finally:
            process.terminate()


class Dbt:
    """Runs dbt on the project in this process, which starts and parses once."""

    def __init__(self, target: str = "dev") -> None:
        self._manifest: Any = None
        self._target = ("--target", target)

    def __call__(self, *arguments: str) -> None:
        """Show a command of dbt and run it."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes seconds

        arguments = (*arguments, *self._target)
        print(f"\n$ dbt {' '.join(arguments)}", flush=True)
        with chdir(PROJECT):
            parse = ["--quiet", "parse", *self._target]
            self._manifest = self._manifest or dbtRunner().invoke(parse).result
            outcome = dbtRunner(manifest=self._manifest).invoke(["--quiet", *arguments])
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        if not outcome.success:
            sys.exit(f"dbt failed: {outcome.exception or 'see above'}")


def tidy() -> None:
    """Remove what the last time left, but for what dbt has parsed, which saves seconds."""
    HOME.mkdir(mode=0o700, exist_ok=True)
    for each in HOME.iterdir():
        if each.is_dir() and each.name != "target":
            shutil.rmtree(each)
        elif each.is_file():
            each.unlink()


def connector(*arguments: str) -> None:
    """Run the connector; 1 only says that some orders are invalid, as some of the sample are."""
    run(*command(*arguments), accepted=(0, 1))


def command(*arguments: str) -> list[str | Path]:
    """Return a command line of the connector with the demo's settings."""
    return [BIN / "connector", "--config", str(HOME / "connector.yml"), *arguments]


def run(*arguments: str | Path, accepted: tuple[int, ...] = (0,)) -> None:
    """Show a command and run it."""
    print(f"\n$ {' '.join([Path(arguments[0]).name, *map(str, arguments[1:])])}", flush=True)
    code = subprocess.run(arguments, check=False, cwd=PROJECT).returncode
    if code not in accepted:
        sys.exit(f"the command ended with exit code {code}")


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)

"""A month in production, compressed: `python -m demo.month`. Everything it makes is in .month/.

A small shop is synced into two local destinations while what goes wrong in practice goes wrong.
While it does, `connector status` must say so; afterwards each destination must hold what its views
say. With `--duckdb 1.5.0` the month begins with that DuckDB, and ends with the installed one.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

import duckdb

from demo.ground import (
    CONNECTOR,
    DBT,
    ENVIRONMENT,
    HELD,
    HOME,
    Ground,
    SurpriseError,
    in_a_process,
    say,
)
from demo.shop import write_project

Day = Callable[["Month"], None]


class Month(Ground):
    """The days of a month, each with what goes wrong and what puts it right."""

    def live(self, days: Sequence[Day] | None = None) -> None:
        """Go through the days, all without a choice, one after the other; raises SurpriseError."""
        try:
            self.open_the_destinations()
            write_project(self.home, self._port)
            self.first_load()
            for day in DAYS if days is None else days:
                say(str(day.__doc__).splitlines()[0])
                day(self)
                self.check_what_is_held()
        finally:
            self.close_the_destinations()

    def first_load(self) -> None:
        """Day 1: dbt builds the views, and everything is sent for the first time."""
        say(str(self.first_load.__doc__))
        self.sync("--build", told="delivered")
        self.status_says("well")
        self.check_what_is_held()

    def failing_api(self) -> None:
        """Day 4: both APIs are down for a day, the nightly full in it."""
        self.trade()
        self.faults("503")
        self.sync(code=4, told="503")
        self.status_says("failing", "the destination is unavailable")
        self.sync("--full", code=4)
        self.trade()
        self.sync(code=4)
        self.faults()
        self.sync(told="recovered")
        self.status_says("well", "recovered")

    def rotated_key(self) -> None:
        """Day 7: somebody rotates the key and tells nobody."""
        self.close_the_destinations()
        os.environ["NORTHBEAM_API_KEY"] = "the-key-of-summer"
        self.open_the_destinations()
        os.environ["NORTHBEAM_API_KEY"] = "the-key-of-spring"
        self.trade()
        self.sync(code=3, told="credentials")
        self.status_says("failing", "credentials")
        os.environ["NORTHBEAM_API_KEY"] = os.environ["TRIPLE_WHALE_API_KEY"] = "the-key-of-summer"
        self.sync(told="recovered")
        self.status_says("well")

    def renamed_column(self) -> None:
        """Day 10: a column of a model is renamed, and dbt is content with it."""
        model = self.home / "models/northbeam__orders.sql"
        text = model.read_text()
        model.write_text(text.replace("as purchase_total", "as purchase_totl"))
        self.trade()
        self.sync("--build", code=2, told="purchase_totl as purchase_total")
        self.status_says("failing", "purchase_totl")
        model.write_text(text)
        self.sync("--build", told="recovered")
        self.status_says("well")

    def dbt_holds_the_warehouse(self) -> None:
        """Day 13: a dbt run takes longer than usual, and holds the warehouse."""
        self.trade()
        slow = [DBT, "--quiet", "run", "--select", "slow", "--project-dir", str(self.home)]
        with subprocess.Popen([*slow, "--profiles-dir", str(self.home)], cwd=self.home) as dbt:
            flag = self.home / "slow.started"
            while not flag.exists() and dbt.poll() is None:
                time.sleep(0.05)
            self.sync(code=5, told="is held by another process, probably a dbt run")
            self.status_says("failing", "held by another process")
            flag.unlink()  # which the model waits for
        self.sync(told="recovered")
        self.status_says("well")

    def nearly_full_disk(self) -> None:
        """Day 16: the disk is nearly full."""
        self.trade()
        self.sync(code=2, run=partial(in_a_process, files_up_to=8_000))
        self.status_says("failing", "free space")
        self.sync(told="delivered")
        self.status_says("well")

    def restored_ledger(self) -> None:
        """Day 19: the ledger is put back from a copy of the day before."""
        kept = self.home / "kept"
        shutil.copytree(self.home / ".connector", kept)
        self.trade()
        self.sync(told="delivered")
        for copy in kept.glob("*.duckdb"):
            shutil.copy(copy, self.home / ".connector" / copy.name)
        self.status_says("restored", "put back from a copy")
        self.connector("plan", told="put back from a copy")
        self.sync(told="put back from a copy")
        self.status_says("well", "put back from a copy")

    def lost_ledger(self) -> None:
        """Day 21: the ledger is gone."""
        shutil.rmtree(self.home / ".connector")
        self.status_says("well", "no run yet")
        self.trade()
        self.connector("plan", told=" new: ")
        self.sync(told="delivered")
        self.status_says("well")

    def two_schedulers(self) -> None:
        """Day 24: two schedulers begin at once."""
        before = {name: self.writes(name) for name in HELD}
        changed = self.sql("select number from raw.orders where number % 30 = 7")
        self.trade()
        self.faults("slow")
        command = [CONNECTOR, "--project-dir", str(self.home), "--quiet", "sync"]
        both = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for _ in "12"
        ]
        told = [each.communicate()[0].decode() for each in both]
        codes = sorted(each.returncode for each in both)
        self.faults()
        twice = {name: self.writes(name) - before[name] for name in HELD}
        if not {*codes} <= {0, 5} or {*twice.values()} != {len(changed) + 1}:
            raise SurpriseError(f"two at once ended with {codes} and sent {twice}:\n{told}")
        print(f"  two at once ended with {codes}, and each order was sent once")
        self.status_says("well")

    def stopped_load(self) -> None:
        """Day 26: the load of the order system has stopped for more than a week."""
        self.sql("update raw.orders set changed_at = changed_at - interval 9 day")
        self.sync(told="stale")
        self.status_says("stale", "nothing newer than")
        self.trade()
        self.sync(told="recovered")
        self.status_says("well")

    def newer_duckdb(self) -> None:
        """Day 28: DuckDB is updated; all is looked at anew, and nothing is sent again."""
        environment, code = dict(os.environ), "from connector.cli import main; main()"
        if not environment.pop("PYTHONPATH", ""):  # there is only one, so another is pretended
            code = f"import duckdb; duckdb.__version__ = '2.99.0'; {code}"

        def run(arguments: Sequence[str]) -> tuple[int, str]:
            command = [sys.executable, "-c", code, *arguments]
            ended = subprocess.run(
                command, check=False, capture_output=True, text=True, env=environment
            )
            return ended.returncode, ended.stdout

        told = self.connector("sync", "--output", "json", run=run)
        sent = [each["requests"] for each in json.loads(told)]
        if sent != [0, 0]:
            raise SurpriseError(f"an update of DuckDB sent orders again: {told}")
        print("  0 requests")
        self.status_says("well")


DAYS = (
    Month.failing_api,
    Month.rotated_key,
    Month.renamed_column,
    Month.dbt_holds_the_warehouse,
    Month.nearly_full_disk,
    Month.restored_ledger,
    Month.lost_ledger,
    Month.two_schedulers,
    Month.stopped_load,
    Month.newer_duckdb,
)


def main() -> None:
    """Go through the month; 1 when anything was a surprise."""
    began = time.monotonic()
    arguments = ArgumentParser(prog="python -m demo.month")
    arguments.add_argument("--duckdb", metavar="VERSION", help="a version to be updated from")
    version = arguments.parse_args().duckdb
    if version:
        _with_duckdb(version)
    os.environ |= ENVIRONMENT | {"XDG_STATE_HOME": str(HOME / "state")}
    print(f"DuckDB {duckdb.__version__}")
    try:
        Month(HOME / "shop").live()
    except SurpriseError as error:
        sys.exit(f"A surprise: {error}")
    say(f"A month without a surprise, in {time.monotonic() - began:.0f} s.")


def _with_duckdb(version: str) -> NoReturn:
    """Install a version of DuckDB beside the installed one, and begin anew with that."""
    folder = HOME / f"duckdb-{version}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade"]
    subprocess.run([*pip, "--target", folder, f"duckdb=={version}"], check=True)
    command = [sys.executable, "-m", "demo.month"]
    os.execve(sys.executable, command, os.environ | {"PYTHONPATH": str(folder)})  # noqa: S606


if __name__ == "__main__":
    main()

"""Times the dashboard over a large shop: `python -m bench.page [ORDERS]`, 1,000,000 by default.

The shop has 10,000 errors and 1,000 runs, of which one is real; it is made once and kept in .bench.
Each page is opened twice: the first look and, once the answers of the first have expired, another.
"""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import duckdb

from bench.data import LINES, SQL, run_sql
from bench.project import COMMAND, KEYS, Project
from bench.sink import sink
from connector.page.known import FRESH

HOME = Path(__file__).parents[1] / ".bench"
RUNS, ERRORS = 1_000, 10_000
PAGES = {
    "Now": "/",
    "Runs of 90 days": "/runs?days=90",
    "One run": "/runs/northbeam/1",
    "Errors": "/errors",
    "Errors, searched and sorted": "/errors?search=9&sort=order_id&down=1",
    "Errors of a rule": "/errors?rule=currency.enum",
    "One order": "/order?id=ORD-00500000",
    "One order, with an error": "/order?id=ORD-00000007",
    "No such order": "/order?id=nobody",
}
ON_DEMAND = {"Plan": "/plan?now=1", "Data": "/data?now=1"}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Look:
    """Seconds until a page was there, and CPU seconds of the server for it."""

    wall: float
    cpu: float


def main(orders: int) -> None:
    """Make the shop if need be, serve it and print what each page takes."""
    with sink(HOME) as running:
        project = Project(HOME / f"page-{orders}", running.url())
        if not project.ledger.exists():
            _make(project, orders)
    command = (*COMMAND, "--project-dir", str(project.folder), "dashboard", "--port", "0")
    environment = {**os.environ, **KEYS, "XDG_STATE_HOME": str(project.folder.resolve() / "state")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            address = server.stdout.readline().split()[-1] if server.stdout else ""
            _look(address, server.pid, orders)
        finally:
            server.terminate()


def _look(address: str, process: int, orders: int) -> None:
    print(f"{orders:,} orders, {ERRORS:,} errors, {RUNS:,} runs")
    print(f"{'page':<30}{'first look':>12}{'CPU s':>8}{'again':>8}{'CPU s':>8}")
    first = {name: _opened(address + path, process) for name, path in PAGES.items()}
    time.sleep(FRESH)
    for name, path in PAGES.items():
        again = _opened(address + path, process)
        told = (first[name].wall, first[name].cpu, again.wall, again.cpu)
        print(f"{name:<30}{told[0]:>10.2f} s{told[1]:>8.2f}{told[2]:>6.2f} s{told[3]:>8.2f}")
    print(f"peak memory of the server {_peak(process):.0f} MiB")
    for name, path in ON_DEMAND.items():
        print(f"{name:<30}{_opened(address + path, process).wall:>10.2f} s, in another process")


def _opened(url: str, process: int) -> Look:
    began, spent = time.perf_counter(), _cpu(process)
    with urlopen(url, timeout=600) as answer:  # noqa: S310 - our own loopback
        answer.read()
    return Look(time.perf_counter() - began, _cpu(process) - spent)


def _cpu(process: int) -> float:
    """Return the CPU seconds of a process, without those of its children."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak(process: int) -> float:
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", text)
    return int(found[1]) / 1024 if found else 0.0


def _make(project: Project, orders: int) -> None:
    warehouse = project.folder.with_suffix(".duckdb")
    warehouse.unlink(missing_ok=True)
    run_sql(warehouse, "tables", orders=orders, lines=LINES)
    with duckdb.connect(warehouse) as connection:
        sql = (SQL / "invalid.sql").read_text(encoding="utf-8")
        connection.execute(sql, {"errors": ERRORS})
    project.begin(warehouse)
    done = project.run("sync", "--allow-side-effects", codes=(1,))  # some are invalid
    print(f"made in {done.wall:.0f} s, {done.cpu:.0f} CPU s")
    with duckdb.connect(project.ledger) as connection:
        connection.execute((SQL / "runs.sql").read_text(encoding="utf-8"), {"runs": RUNS})


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)

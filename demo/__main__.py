"""Run the whole of it once: `python -m demo`. Everything it makes is in .demo/."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import requests

PROJECT = Path(__file__).parents[1]
HOME = PROJECT / ".demo"
WAREHOUSE = HOME / "oms.duckdb"
BIN = Path(sys.executable).parent
EDITS = {"edited": "536365", "placed": "demo-1", "copied": "536370", "refunded": "536367"}
CONFIG = """
ledger: ledger.duckdb
destinations:
  northbeam:
    environment: local
    url: {url}/v2/orders
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
"""


def main() -> None:
    """Build the sample, sync it, edit three orders, sync again; 1 when a number does not agree."""
    began = time.monotonic()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(mode=0o700)
    os.environ |= {
        "OMS_WAREHOUSE": str(WAREHOUSE),
        "DBT_TARGET_PATH": str(HOME / "target"),
        "DBT_LOG_PATH": str(HOME / "logs"),
        "NORTHBEAM_API_KEY": "any-key-will-do-locally",
        "NORTHBEAM_CLIENT_ID": "any-client-will-do-locally",
    }
    say("1. The sample: nine months of a gift wholesaler as raw tables, and dbt's models over them")
    run(sys.executable, "-m", "sample", "load", "--warehouse", str(WAREHOUSE))
    run(BIN / "dbt", "--quiet", "build")
    with local_northbeam() as url:
        (HOME / "connector.yml").write_text(CONFIG.format(url=url))
        agreed = first_sync(url) and second_sync(url)
    say(f"Done in {time.monotonic() - began:.0f} s. All of it is in {HOME.name}/ until next time.")
    sys.exit(not agreed)


def first_sync(url: str) -> bool:
    """Deliver the whole sample and compare both ends."""
    say("2. The first sync: every valid order goes, every invalid one is listed with its reason")
    connector("sync", "northbeam")
    return compare(url)


def second_sync(url: str) -> bool:
    """Edit the raw tables, run dbt, and show that only those orders go."""
    say("3. A day later: one order edited, one placed, one refunded late; dbt runs again")
    before = writes(url)
    edit()
    run(BIN / "dbt", "--quiet", "run")
    connector("sync", "northbeam")
    sent = sorted(key for key, count in writes(url).items() if count != before.get(key))
    expected = sorted([EDITS["edited"], EDITS["placed"], EDITS["refunded"]])
    print(f"\n  sent: {', '.join(sent)}; edited: {', '.join(expected)}")
    return compare(url) and sent == expected


def compare(url: str) -> bool:
    """Print what the local Northbeam holds beside what the views say, and whether they agree."""
    answer = subprocess.run(
        [*command("errors", "northbeam", "--output", "json")],
        check=True,
        capture_output=True,
        cwd=PROJECT,
    )
    invalid = sorted({error["order_id"] for error in json.loads(answer.stdout)})
    with duckdb.connect(str(WAREHOUSE), read_only=True) as warehouse:
        sql = (Path(__file__).parent / "views.sql").read_text(encoding="utf-8")
        row = warehouse.execute(sql, {"invalid": invalid}).fetchone() or ()
    views = dict(zip(("orders", "products", "refunds", "revenue"), row, strict=True))
    held = requests.get(f"{url}/sandbox/counts", timeout=30).json()
    lines = [(name, views[name], held[name]) for name in ("orders", "products", "refunds")]
    currencies = sorted({*views["revenue"], *held["revenue"]})
    lines += [
        (f"revenue {name}", views["revenue"].get(name), held["revenue"].get(name))
        for name in currencies
    ]
    print(f"\n  {'':<14}{'the views':>14}{'Northbeam':>14}")
    for name, view, destination in lines:
        verdict = "✓" if view == destination else "✗ they differ"
        print(f"  {name:<14}{view!s:>14}{destination!s:>14}  {verdict}")
    print(f"  ({len(invalid):,} more orders are invalid; `connector errors northbeam` says why)")
    return all(view == destination for _, view, destination in lines)


def edit() -> None:
    """Write to the raw tables as the order-management system would."""
    with duckdb.connect(str(WAREHOUSE)) as warehouse:
        sql = (Path(__file__).parent / "edits.sql").read_text(encoding="utf-8")
        for statement in duckdb.extract_statements(sql):
            warehouse.execute(statement, {name: EDITS[name] for name in statement.named_parameters})


def writes(url: str) -> dict[str, Any]:
    """Return how often each order was written at the local Northbeam."""
    counts: dict[str, Any] = requests.get(f"{url}/sandbox/writes", timeout=30).json()
    return counts


@contextmanager
def local_northbeam() -> Iterator[str]:
    """Yield the URL of a sandbox on any free port."""
    with subprocess.Popen(
        [BIN / "connector", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            print(f"\n$ connector sandbox &\n{line.strip()}")
            yield line.split()[-1]
        finally:
            process.terminate()


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


if __name__ == "__main__":
    main()

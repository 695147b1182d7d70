"""Where the month takes place: a shop, its two destinations, and what looks at them."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import requests

from demo.shop import orders

PROJECT = Path(__file__).parents[1]
HOME = PROJECT / ".month"
CONNECTOR, DBT = (str(Path(sys.executable).parent / name) for name in ("connector", "dbt"))
HELD = {"northbeam": "purchase_total", "triple_whale": "order_revenue"}  # the amount of an order
ENVIRONMENT = {
    "DO_NOT_TRACK": "1",
    "NORTHBEAM_API_KEY": "the-key-of-spring",
    "NORTHBEAM_CLIENT_ID": "any-client",
    "TRIPLE_WHALE_API_KEY": "the-key-of-spring",
}

Run = Callable[[Sequence[str]], tuple[int, str]]  # arguments → exit code and what was printed


class SurpriseError(Exception):
    """Something was not as it should be."""


def in_a_process(arguments: Sequence[str], files_up_to: int | None = None) -> tuple[int, str]:
    """Run the connector; with `files_up_to` no file can grow beyond so many bytes."""
    limits = (files_up_to or 0, files_up_to or 0)
    full = partial(resource.setrlimit, resource.RLIMIT_FSIZE, limits)
    ended = subprocess.run(
        [CONNECTOR, *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=full if files_up_to is not None else None,
    )
    return ended.returncode, ended.stdout


class Ground:
    """A shop and its two destinations; `run` runs the connector."""

    def __init__(self, home: Path, run: Run = in_a_process) -> None:
        """Make an empty directory for it."""
        self.home, self._run = home, run
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(mode=0o700, parents=True)
        self._port = 0
        self._sandbox: subprocess.Popen[str] | None = None

    def open_the_destinations(self) -> None:
        """Start the sandbox, which takes only the key that is in the environment now."""
        key, store = os.environ["NORTHBEAM_API_KEY"], self.home / "held.db"
        command = [CONNECTOR, "sandbox", "--port", str(self._port), "--api-key", key]
        self._sandbox = subprocess.Popen(
            [*command, "--store", str(store)], stdout=subprocess.PIPE, text=True
        )
        line = self._sandbox.stdout.readline() if self._sandbox.stdout else ""
        self._port = int(line.split()[-1].rpartition(":")[2])

    def close_the_destinations(self) -> None:
        """End the sandbox; what it holds stays in its file."""
        if self._sandbox:
            self._sandbox.terminate()
            self._sandbox.communicate()

    def connector(
        self, *arguments: str, code: int = 0, told: str = "", run: Run | None = None
    ) -> str:
        """Run the connector and return what it printed; it must end so, and have told that."""
        print(f"$ connector {' '.join(arguments)}", flush=True)
        found, text = (run or self._run)(["--project-dir", str(self.home), *arguments])
        if found != code or told not in text:
            raise SurpriseError(
                f"exit code {found} instead of {code}, or without {told!r}:\n{text}"
            )
        if code:
            print(f"  exit code {code}: {text.strip().splitlines()[-1]}")
        return text

    def sync(self, *arguments: str, code: int = 0, told: str = "", run: Run | None = None) -> str:
        """Run `connector sync`."""
        return self.connector("sync", *arguments, code=code, told=told, run=run)

    def status_says(self, word: str, told: str = "") -> None:
        """Check that `connector status` calls the destinations so, and says why."""
        code = 0 if word == "well" else 1
        found, text = self._run(["--project-dir", str(self.home), "status", "--details"])
        first = text.splitlines()[0]
        if found != code or not first.endswith(f": {word}") or told not in text:
            raise SurpriseError(
                f"status did not say {word} and {told!r}, but with {found}:\n{text}"
            )
        reason = next((line.strip() for line in text.splitlines() if told and told in line), "")
        print(f"  status: {first.rpartition(': ')[2]}{f', {reason}' if reason else ''}")

    def sql(self, sql: str) -> list[Any]:
        """Run SQL on the warehouse, as the order system and its loader would."""
        with duckdb.connect(str(self.home / "oms.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()

    def trade(self) -> None:
        """Change some orders, and place one more."""
        self.sql(
            "update raw.orders set total = total + 1, changed_at = now() where number % 30 = 7"
        )
        one = orders("(select count(*) from raw.orders)", 1)
        self.sql(f"insert into raw.orders {one}")

    def check_what_is_held(self) -> None:
        """Check that each destination holds the orders and amounts of its view."""
        for name, amount in HELD.items():
            view = self.sql(f"select order_id, {amount} from {name}__orders")  # noqa: S608 - ours
            views = {order: float(total) for order, total in view}
            url = f"http://127.0.0.1:{self._port}/sandbox/orders"
            answer = requests.get(url, params={"destination": name}, timeout=30)
            orders = [json.loads(line) for line in answer.text.splitlines()]
            held = {order["order_id"]: float(order[amount]) for order in orders}
            if held != views:
                wrong = sorted(set(held.items()) ^ set(views.items()))[:5]
                raise SurpriseError(f"{name} does not hold what its view says: {wrong}")
            print(f"  ✓ {name} holds {len(held):,} orders, all as the view says")

    def writes(self, name: str) -> int:
        """Return how often a destination was sent an order."""
        url = f"http://127.0.0.1:{self._port}/sandbox/writes"
        answer = requests.get(url, params={"destination": name}, timeout=30)
        return sum(answer.json().values())

    def faults(self, *faults: str) -> None:
        """Let both destinations fail so, or not any more."""
        for name in HELD:
            url = f"http://127.0.0.1:{self._port}/sandbox/faults"
            requests.put(url, params={"destination": name}, json=faults, timeout=30)


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)

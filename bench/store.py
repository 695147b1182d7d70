"""Compares a ledger in a store with a local one: `python -m bench.store [ORDERS [PAIRS]]`.

Each put takes 30 ms. A first load, a clean machine with nothing changed, and a warm machine with
some changed; local and store by turns. `waited` are the seconds that a run waits for its store.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from bench.__main__ import HOME, prepare
from bench.measure import measure
from bench.project import KEYS, Project
from bench.sink import sink
from bench.stage import Stage

SECONDS = 0.03
BUCKET = "ledgers"
CASES = ("first", "clean", "changed")
FACTS = ("wall", "cpu", "waited", "PUT", "GET", "up", "down", "packs")
# Adds up what the main thread spends in the store, and says it at the end.
TIMED = """
import atexit, sys, time
from connector.remote import generations, store
spent, depth, packs = [0.0], [0], [0]
def timed(name):
    plain = getattr(store.RemoteStore, name)
    def outer(*given, **named):
        began, depth[0] = time.monotonic(), depth[0] + 1
        try:
            return plain(*given, **named)
        finally:
            depth[0] -= 1
            if not depth[0]:
                spent[0] += time.monotonic() - began
    setattr(store.RemoteStore, name, outer)
for name in ("attach", "append", "flush", "detach"):
    timed(name)
plain = generations._put
def put(*given):
    packs[0] += 1
    return plain(*given)
generations._put = put
atexit.register(lambda: print(f"waited {spent[0]} {packs[0]}", file=sys.stderr))
from connector.cli import main
main()
"""


class Measurer:
    """Syncs a project whose ledger is local or in the store."""

    def __init__(self, stage: Stage, server: str) -> None:
        self._stage, self._server = stage, server

    def cases(self, kind: str, number: int) -> Iterator[tuple[str, dict[str, float]]]:
        """Yield each case with what it took."""
        project = self._stage.project(kind)
        project.begin(self._stage.base)
        path = project.folder / "connector.yml"
        if kind == "store":
            path.write_text(f"ledger: s3://{BUCKET}/{number}\n{path.read_text()}")
        for case in CASES:
            if case == "clean" and kind == "store":
                shutil.rmtree(project.folder / ".connector")
                shutil.rmtree(project.folder / "state", ignore_errors=True)
            if case == "changed":
                project.read(self._stage.changed)
            yield case, self._sync(project)

    def _sync(self, project: Project) -> dict[str, float]:
        self._counts()
        command = (sys.executable, "-c", TIMED, "--project-dir", project.folder)
        own = {**KEYS, **credentials(self._server)}
        own["XDG_STATE_HOME"] = str(project.folder.resolve() / "state")
        noted = project.folder / "noted"
        shell = (
            "/bin/sh",
            "-c",
            f'exec "$@" 2>{noted}',
            "sh",
            *command,
            "--quiet",
            "sync",
            "--yes",
        )
        done = measure(tuple(map(str, shell)), own)
        _, waited, packs = noted.read_text().splitlines()[-1].split()
        facts = {"wall": done.wall, "cpu": done.cpu, "waited": float(waited)}
        return facts | {"packs": float(packs)} | self._counts()

    def _counts(self) -> dict[str, float]:
        with urlopen(f"{self._server}/_counts") as answer:  # noqa: S310 - our own loopback
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def served() -> Iterator[str]:
    """Run the server with an empty bucket."""
    command = [sys.executable, "-m", "bench.slow_s3", str(SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip() if process.stdout else ""
        url = f"http://127.0.0.1:{port}"
        urlopen(Request(f"{url}/{BUCKET}", b"", method="PUT")).close()  # noqa: S310
        try:
            yield url
        finally:
            process.terminate()


def credentials(url: str) -> dict[str, str]:
    """Return what makes obstore use the server."""
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_REGION": "none"}
    keys["AWS_UNSIGNED_PAYLOAD"] = "true"  # as a store over TLS gets by itself
    return {**keys, "AWS_ENDPOINT_URL": url, "AWS_ALLOW_HTTP": "true"}


def main(orders: int, pairs: int) -> None:
    """Measure, and print the median of each figure."""
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    with sink(HOME) as running, served() as server:
        stage = Stage(orders, HOME, running)
        prepare(stage)
        for number in range(pairs):
            for kind in ("local", "store"):
                for case, facts in Measurer(stage, server).cases(kind, number):
                    found.setdefault((case, kind), []).append(facts)
    print(f"{orders:,} orders, {pairs} pairs, load {os.getloadavg()[0]:.1f}", *FACTS, sep="\t")
    for case in CASES:
        for kind in ("local", "store"):
            each = found[case, kind]
            medians = [statistics.median(facts.get(name, 0) for facts in each) for name in FACTS]
            print(f"{case} {kind}", *(f"{value:,.2f}" for value in medians), sep="\t")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [1_000_000, 3][len(given) :]))

"""What the state machines share: a warehouse, a ledger that can be restored, and processes."""

import contextlib
import itertools
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from connector.config.config import Config, load
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.engine.engine import engine
from connector.exceptions import ChoiceError, GuardError, OldLedgerError
from connector.ledger.file import attached
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice
from connector.reporting import run_reports
from connector.runs.job import Hooks, Job
from connector.runs.summary import Summary
from connector.runs.sync import sync
from connector.source.project import Warehouse
from tests.model_destination import (
    CLOCK,
    READ_TIMEOUT,
    URLS,
    Destination,
    Killed,
    MortalLedger,
    Script,
)

CONTRACTS = contracts()
IN_MEMORY = next((path for path in ["/dev/shm"] if Path(path).is_dir()), None)  # noqa: S108
CONFIG = f"""
ledger: ledger.duckdb
warehouse: {{path: oms.duckdb}}
destinations:
  %s:
    concurrency: 1
    attempts: 2
    read_timeout: {READ_TIMEOUT}
"""
AN_HOUR = 3600.0
SUPERSEDED = "select destination, environment, order_id, run_id from ledger.superseded"


class Machine(RuleBasedStateMachine):
    """Runs the connector in this process; can be killed, and resumes from what was on disk."""

    steps = itertools.count()
    runs = itertools.count()
    scans: ClassVar = Counter()
    # Optimizing large joins takes a fifth of the time of runs over a dozen orders.
    is_optimized: ClassVar = True
    name = "northbeam"

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="model-", dir=IN_MEMORY))
        self.destinations: dict[str, Destination] = {}  # by environment
        self.memories: dict[str, Any] = {}
        self.view: dict[str, Any] = {}  # what it says of each order
        self.versions: list[dict[str, Any]] = []  # what it said at the last runs
        self.stamps: dict[str, int] = {}  # days, by order
        self.day = 0
        self.is_stale = True  # the warehouse
        self.is_copied = False  # the ledger
        self._configs: dict[str, Config] = {}
        self.resources = contextlib.ExitStack()
        self.connection = None

    def teardown(self) -> None:
        self._close()
        shutil.rmtree(self.directory)

    # What differs between the machines.

    @property
    def contract(self) -> Contract:
        raise NotImplementedError

    def write_warehouse(self) -> None:
        raise NotImplementedError

    def remembered(self) -> dict[str, Any]:
        """What the attached ledger says of each environment."""
        raise NotImplementedError

    def forget(self) -> None:
        """Note that the ledger was restored from a copy."""
        raise NotImplementedError

    # What happens to the view.

    def change(self, rows: Mapping[str, Any]) -> None:
        """Each change is stamped a day later than the one before."""
        self.day += 1
        self.view |= rows
        self.stamps |= dict.fromkeys(rows, self.day)
        self.is_stale = True

    def remove(self, orders: Iterable[str]) -> None:
        self.view = {order: row for order, row in self.view.items() if order not in orders}
        self.is_stale = True

    def go_back(self, version: Mapping[str, Any]) -> None:
        """Restore an earlier content of the view."""
        self.remove(self.view.keys() - version.keys())
        self.change({order: row for order, row in version.items() if self.view.get(order) != row})

    # What happens to processes and files.

    @rule()
    def reopen(self) -> None:
        """Run in another process from now on."""
        next(Machine.steps)
        self._close()

    @rule()
    def pass_time(self) -> None:
        """Wait until nothing is in flight."""
        next(Machine.steps)
        CLOCK.sleep(AN_HOUR)

    @property
    def has_ledger(self) -> bool:
        return (self.directory / "ledger.duckdb").exists()

    @precondition(lambda self: self.has_ledger)
    @rule()
    def copy(self) -> None:
        next(Machine.steps)
        self._keep("copy")
        self.is_copied = True
        for destination in self.destinations.values():
            destination.note_copy()

    @precondition(lambda self: self.is_copied)
    @rule()
    def restore(self) -> None:
        """Restoring a ledger takes longer than the server processes a request."""
        next(Machine.steps)
        CLOCK.sleep(AN_HOUR)
        self._keep("copy", back=True)
        self._open()
        with self.ledger(read_only=True):
            self.memories = self.all_remembered()
        for destination in self.destinations.values():
            destination.catch_up()
        self.forget()

    def _keep(self, name: str, *, back: bool = False) -> None:
        """Copy the ledger, without what is noted beside it; or put the copy in its place."""
        folder = self.directory / name
        folder.mkdir(exist_ok=True)
        source, target = (folder, self.directory) if back else (self.directory, folder)
        for path in target.glob("ledger.duckdb*"):
            path.unlink()
        for path in source.glob("ledger.duckdb*"):
            shutil.copy2(path, target)

    def _close(self) -> None:
        self.resources.close()
        self.connection = None

    def _open(self) -> None:
        if self.connection is None:
            self.connection = self.resources.enter_context(engine(self.directory))
            self.connection.execute("set threads = 1")
            if not Machine.is_optimized:
                self.connection.execute("pragma disable_optimizer")
        if self.is_stale:
            self.write_warehouse()
            self.is_stale = False

    def ledger(self, *, read_only: bool = False):
        """Reading alone recognises a restored ledger just as a run does."""
        path = self.directory / "ledger.duckdb"
        return attached(self.connection, path, read_only=read_only)

    def all_remembered(self) -> dict[str, Any]:
        doubled = f"{SUPERSEDED} group by all having count(*) > 1"
        assert not self.connection.execute(doubled).fetchall(), "superseded twice"
        return self.remembered()

    def start(
        self, environment: str, choice: Choice, faults: Sequence[str], death: tuple[int, str] | None
    ) -> tuple[Summary | str, Mapping[str, Any]]:
        """Run the connector; return its summary or its error, and the ledger's views."""
        next(Machine.runs)
        self.versions = [*self.versions[-3:], dict(self.view)]
        self._open()
        for each in self.destinations.values():
            each.begin(Script())
        destination, senders = self.destinations[environment], []
        interrupt = lambda: senders[-1].interrupt(signal.SIGTERM)  # noqa: E731
        destination.begin(Script(tuple(faults), self._die, interrupt))
        hooks = Hooks(
            {},
            lambda phase, *_: destination.turn.set() if phase != "planning" else None,
            lambda sender: (senders.append(sender), destination.turn.set()),
        )
        try:
            with self.ledger() as real:
                ledger = MortalLedger(real, death, self._die)
                told = self._told(environment, ledger, choice, hooks)
                if told != "old":
                    return told, self.all_remembered()
        except Killed:
            told = "killed"
            self._revive()
        with self.ledger(read_only=True):
            return told, self.all_remembered()

    def _told(
        self, environment: str, ledger: Ledger, choice: Choice, hooks: Hooks
    ) -> Summary | str:
        try:
            job = self._job(environment)
            hooks = replace(hooks, recent=run_reports.recent(job.connection, job.scope))
            summary = sync(job, ledger, choice, hooks, command="sync")
        except ChoiceError:
            return "rejected"
        except OldLedgerError:
            return "old"
        Machine.scans[summary.scan] += 1
        return "guarded" if summary.exit_code == GuardError.exit_code else summary

    def _job(self, environment: str) -> Job:
        if environment not in self._configs:
            path = self.directory / "connector.yml"
            self._configs[environment] = load(path, CONTRACTS, environment)
        config = self._configs[environment]
        job = Job(
            self.connection,
            self.contract,
            config.destinations[self.name],
            Warehouse(*config.warehouse, models=None),
        )
        URLS[job.destination.url] = self.destinations[environment]
        return job

    def _die(self) -> None:
        """Freeze the ledger as it is on disk: nothing that the process does later counts."""
        for destination in self.destinations.values():
            destination.is_dead = True
            destination.turn.set()
        if not (self.directory / "kept").exists():  # the run after a kill may meet another one
            self._keep("kept")
        raise Killed

    def _revive(self) -> None:
        self._close()
        self._keep("kept", back=True)
        shutil.rmtree(self.directory / "kept")
        self._open()

"""What an operator does beside sending: look back, examine, schedule, export, erase."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, overload

from connector.api.reading import Names, Reading, one_or_all

if TYPE_CHECKING:  # what a program does not call it does not wait for
    from connector.api.changes.forgetting import Erasure
    from connector.api.changes.ledger_changes import MovedLedgers, RestoredLedger
    from connector.api.questions.ledgers import LedgerCheck, LedgerStatus
    from connector.api.results import Results
    from connector.doctor import Finding
    from connector.reporting.export import Exported


class Upkeep(Reading):
    """The methods of a project that look after it; none of them sends an order."""

    def doctor(
        self, names: Names = (), *, metrics_file: Path | str | None = None
    ) -> "Iterator[Finding]":
        """Yield what each check of the project finds, as soon as it is made.

        `metrics_file` is the file that runs write for Prometheus, if they do. Raises ConfigError
        for an account that is not configured.
        """
        from connector.doctor import examine

        return examine(self._options, names, Path(metrics_file) if metrics_file else None)

    def schedule(
        self,
        names: Names = (),
        *,
        plan: str = "4/day",
        scheduler: str = "cron",
        build: bool = False,
        nightly: bool = True,
        verify: timedelta | str | None = None,
        health: bool = False,
    ) -> str:
        """Return what a scheduler needs to send at the right times.

        `plan` is how often the destination processes orders; `scheduler` is cron, systemd, github,
        kubernetes, airflow or dagster. With `build` each run builds the views with dbt first, with
        `nightly` everything is sent again once a night; `verify` compares the last days (7d) once a
        night. With `health` a job of its own looks every hour whether all is well.
        """
        from connector.api.changes.scheduling import Schedule, schedule
        from connector.api.periods import days

        checked = days(verify).days if verify else None
        wanted = Schedule(plan, scheduler, build, nightly, checked, health)
        return schedule(self._options, names, wanted)

    def export(self, to: Path | str) -> "Exported":
        """Write runs, batches and the last status of every order; add what is new since last time.

        `to` is a directory for Parquet files, or "warehouse" for its schema `connector`.
        """
        from connector.api.questions.exporting import exported

        return exported(self._options, to)

    def forget(
        self,
        names: Names = (),
        *,
        order_ids: Sequence[str] = (),
        customer_ids: Sequence[str] = (),
        dry_run: bool = False,
    ) -> "Erasure":
        """Erase what the ledgers keep of some orders, or of all orders of some customers.

        Payloads go, and what destinations said of the orders; ids and fingerprints stay. A
        `dry_run` says how much that would be.
        """
        from connector.api.changes.forgetting import forgotten

        return forgotten(self._options, names, order_ids, customer_ids, dry_run=dry_run)

    @overload
    def ledger_status(self, names: str) -> "LedgerStatus": ...
    @overload
    def ledger_status(self, names: Names = ()) -> "Results[LedgerStatus]": ...
    def ledger_status(self, names: str | Names = ()) -> "LedgerStatus | Results[LedgerStatus]":
        """Return where each account's ledger is, its size, its generations and who holds it."""
        from connector.api.questions.ledgers import statuses

        return one_or_all(names, lambda several: statuses(self._options, several))

    @overload
    def ledger_check(self, names: str) -> "LedgerCheck": ...
    @overload
    def ledger_check(self, names: Names = ()) -> "Results[LedgerCheck]": ...
    def ledger_check(self, names: str | Names = ()) -> "LedgerCheck | Results[LedgerCheck]":
        """Read all of each account's ledger, every kept generation included; name the damage."""
        from connector.api.questions.ledgers import checks

        return one_or_all(names, lambda several: checks(self._options, several))

    def ledger_restore(
        self, name: str, generation: int, *, unguarded: bool = False
    ) -> "RestoredLedger":
        """Put an earlier generation of an account's ledger in the place of the last one.

        All that the ledger says is in doubt afterwards, and is sent again. Raises GuardError unless
        `unguarded`, ChoiceError for a generation that is not kept.
        """
        from connector.api.changes.ledger_changes import restored

        return restored(self._options, name, generation, unguarded=unguarded)

    def ledger_move(self, to: str) -> "MovedLedgers":
        """Move all ledgers of the project from their files to a store, or back.

        `to` is what `ledger:` in connector.yml says afterwards; until then runs are refused. Raises
        LedgerHeldError when a run holds one of them.
        """
        from connector.api.changes.ledger_changes import moved

        return moved(self._options, to)

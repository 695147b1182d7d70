"""A project as an object: every method does what the command of its name does."""

import signal
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, overload

from connector.api.reading import Names, one_or_all
from connector.api.results import Results
from connector.api.upkeep import Upkeep
from connector.exceptions import InterruptedRunError
from connector.runs.interruption import Interruption
from connector.runs.observer import Observer
from connector.runs.workspace import Options
from connector.settings.windows import Window
from connector.source.project import project_directory

if TYPE_CHECKING:  # what a program does not call it does not wait for
    from connector.api.adopting import Undone
    from connector.api.backfilling import Backfill
    from connector.api.chosen import Chosen
    from connector.api.sending import Sending
    from connector.api.verifying import Verified, Wanted
    from connector.plan.choice import Choice
    from connector.runs.summary import Summary


def open(  # noqa: A001 - as it is called: `connector.open(…)`
    project_dir: Path | str | None = None,
    *,
    config: Path | str = "connector.yml",
    profiles_dir: Path | str | None = None,
    target: str | None = None,
    environment: str | None = None,
    observers: Sequence[Observer] = (),
) -> "Connector":
    """Return a project, given as the options of the command line of the same names give it.

    Without `project_dir` it is DBT_PROJECT_DIR, this folder or the nearest one around it. Settings
    are read by each call of a method. `observers` hear of the runs.

        project = connector.open("shop")
        summary = project.sync("northbeam")
    """
    options = Options(
        project_dir=project_directory(Path(project_dir) if project_dir else None),
        profiles_dir=Path(profiles_dir) if profiles_dir else None,
        target=target,
        config=Path(config),
        environment=environment,
    )
    return Connector(options, observers)


class Connector(Upkeep):
    """A project. One account by its name gives one result, several or all (`()`) a mapping.

    With one name a method raises the ConnectorError that ended it; with several each account has
    its turn, and the mapping raises it for who asks for that account. A run that began and was cut
    short is no exception: its summary has `exit_code` and `error`.
    """

    def __init__(self, options: Options, observers: Sequence[Observer] = ()) -> None:
        super().__init__(options)
        self._observers = tuple(observers)
        self._interruption = Interruption()

    @overload
    def sync(
        self, names: str, *, build: bool = False, jobs: int = 1, **chosen: "Unpack[Chosen]"
    ) -> "Summary": ...
    @overload
    def sync(
        self, names: Names = (), *, build: bool = False, jobs: int = 1, **chosen: "Unpack[Chosen]"
    ) -> "Results[Summary]": ...
    def sync(
        self,
        names: str | Names = (),
        *,
        build: bool = False,
        jobs: int = 1,
        **chosen: "Unpack[Chosen]",
    ) -> "Summary | Results[Summary]":
        """Send the orders that changed since they were last delivered.

        `build` runs dbt first. `jobs` is how many accounts are sent to at the same time.
        """
        from connector.api.chosen import choice

        sending = self.sending(choice(chosen), "sync")
        return one_or_all(names, lambda several: sending.each(several, built=build, jobs=jobs))

    @overload
    def retry(self, names: str, order_ids: Sequence[str] = ()) -> "Summary | None": ...
    @overload
    def retry(self, names: Names = (), order_ids: Sequence[str] = ()) -> "Results[Summary]": ...
    def retry(
        self, names: str | Names = (), order_ids: Sequence[str] = ()
    ) -> "Summary | Results[Summary] | None":
        """Send orders again that the destination refused, all of them when no ids are given.

        An account of which none is refused has no result.
        """
        from connector.api.questions.errors import refusing
        from connector.plan.choice import Choice

        several = [names] if isinstance(names, str) else names
        found = several if order_ids else refusing(self._options, several)
        wanted = Choice(order_ids=tuple(order_ids), retry=True, unguarded=True)
        sending = self.sending(wanted, "retry")
        results: Results[Summary] = sending.each(found) if found else Results(())
        return results.get(names) if isinstance(names, str) else results

    def backfill(
        self,
        name: str,
        *,
        first: str | Window | None = None,
        last: str | Window | None = None,
        window: str = "month",
        dry_run: bool = False,
        unguarded: bool = False,
        allow_side_effects: bool = False,
    ) -> "Backfill":
        """Load years of orders window by window (month, week or day), the oldest first.

        `first` and `last` are years, months or days (2021, 2021-03, 2021-03-15). A `dry_run` sends
        nothing.
        """
        from connector.api.backfilling import Backfilling
        from connector.api.periods import between

        self._interruption = Interruption()
        given = (self._options, self._observers, self._interruption)
        whole = between(first, last)
        backfilling = Backfilling(*given, whole, window, unguarded, allow_side_effects)
        return backfilling.plan(name) if dry_run else backfilling.send(name)

    def adopt(
        self,
        name: str,
        *,
        until: str | Window | None = None,
        order_ids: Sequence[str] | None = None,
        unguarded: bool = False,
    ) -> "Summary":
        """Let orders count as delivered in their current version, without sending anything.

        All of them, those until a year, month or day, or those of the ids that are in the view.
        Unless `unguarded` it only says, as an error of the summary, how many they are.
        """
        from connector.api.adopting import adopted

        return adopted(self._options, name, until, order_ids, unguarded=unguarded)

    def undo_adoption(self, name: str, run_id: int) -> "Undone":
        """Undo what a run adopted; raises ChoiceError when nothing of it still stands."""
        from connector.api.adopting import undone

        return undone(self._options, name, run_id)

    @overload
    def verify(self, names: str, **wanted: "Unpack[Wanted]") -> "Verified": ...
    @overload
    def verify(self, names: Names = (), **wanted: "Unpack[Wanted]") -> "Results[Verified]": ...
    def verify(
        self, names: str | Names = (), **wanted: "Unpack[Wanted]"
    ) -> "Verified | Results[Verified]":
        """Read back what a destination holds, day by day, and compare it with the views.

        Stopped at any moment, the same call goes on where it was within a day. With `repair` it
        sends what is missing or different, and leaves one record of what is double.
        """
        from connector.api.verifying import verifying

        sends = partial(self.sending, command="verify")
        work = verifying(self._options, sends, **wanted)
        return one_or_all(names, work.each)

    def sending(self, choice: "Choice", command: str) -> "Sending":
        """Return what sends a choice of orders for a command; what `sync` and `retry` are made of.

        An interruption of a call before counts no more.
        """
        from connector.api.sending import Sending

        self._interruption = Interruption()
        given = (self._options, self._observers, self._interruption)
        return Sending(*given, choice, command)

    def interrupt(self, signal_number: int = signal.SIGINT) -> InterruptedRunError | None:
        """End what runs at present as that signal does: what is in flight is finished first.

        It may be called from another thread or a handler of signals. Returns None when orders are
        being sent, else the error that may be raised where the run is, which ends at the end of its
        plan otherwise.
        """
        return None if self._interruption.ask(signal_number) else self._interruption.error

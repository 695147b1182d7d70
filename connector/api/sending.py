"""Runs that send, one per account; those that cannot begin are recorded and reported as well."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.api.observers import listeners
from connector.api.reporting import gathered, known, watching
from connector.api.results import Failure, Results, attempted
from connector.exceptions import ConnectorError
from connector.plan.choice import Choice
from connector.reporting.monitoring.run_report import RunReport
from connector.runs.interruption import Interruption
from connector.runs.observer import Observer, Observers, Started
from connector.runs.session import Session
from connector.runs.summary import Summary
from connector.runs.workspace import Account, Options, Workspace, configured, opened
from connector.source.project import Warehouse


@dataclass
class Sending:
    """What is sent by one call; after an interruption no run is started any more."""

    options: Options
    observers: Sequence[Observer]
    interruption: Interruption
    choice: Choice
    command: str
    reports: list[RunReport] = field(default_factory=list)

    def each(self, names: Sequence[str], *, built: bool = False, jobs: int = 1) -> Results[Summary]:
        """Send what is to be sent to each of the named accounts, to all when none is named.

        The views can be `built` by dbt first. With several `jobs` so many accounts are sent to at
        the same time, in processes of their own. Raises ConfigError, ContractError or ProjectError,
        and what `build` raises; they are recorded and reported, too.
        """
        with watching(self.options, names, self.command, self.observers):
            if built:
                from connector.runs.build import build

                build(self.options, names)
            accounts, warehouse = configured(self.options, names)
        found = self._all(accounts, warehouse, jobs)
        listening = listeners(accounts[0].config, self.observers)
        for report in self.reports:
            listening.reported(report)
        return Results([(each.name, one) for each, one in zip(accounts, found, strict=True)])

    def _all(
        self, accounts: Sequence[Account], warehouse: Warehouse, jobs: int
    ) -> list[Summary | Failure]:
        if jobs > 1 and len(accounts) > 1:
            # Most runs are alone, and start sooner without it.
            from connector.api.jobs import Jobs

            return Jobs(self, accounts, jobs).run()
        return [self.alone(each, warehouse) for each in accounts]

    def alone(self, account: Account, warehouse: Warehouse) -> Summary | Failure:
        """Send what is to be sent to one account, and add to `reports` what is to be reported."""
        listening = listeners(account.config, self.observers)
        return attempted(account, lambda each: self._one(each, warehouse, listening), known)

    def _one(self, account: Account, warehouse: Warehouse, listening: Observers) -> Summary:
        try:
            with (
                watching(self.options, [account.name], self.command, self.observers),
                opened(account, warehouse, read_only=False) as workspace,
            ):
                ended = self._ended(workspace, listening)
                told = (
                    ended.as_dict() if isinstance(ended, Summary) else known(account.scope, ended)
                )
                self.reports.append(gathered(workspace, told, listening.wants))
        except ConnectorError as error:
            listening.finished(self._run(account), error)
            raise
        if isinstance(ended, ConnectorError):
            raise ended
        return ended

    def _ended(self, workspace: Workspace, listening: Observers) -> Summary | ConnectorError:
        """Return the result of a run; the `facts` of its error hold what is to be reported."""
        if interrupted := self.interruption.anew():
            listening.finished(self._run(workspace.account), interrupted)
            return interrupted
        session = Session(workspace, listening, self.interruption)
        try:
            return session.sync(self.choice, self.command)
        except ConnectorError as error:
            error.facts = {**(error.facts or {}), "alerts": session.alerts(error)}
            return error

    def _run(self, account: Account) -> Started:
        return Started(**account.scope.values(), command=self.command)


def _facts(account: Account, ended: Summary | ConnectorError) -> dict[str, Any]:
    return ended.as_dict() if isinstance(ended, Summary) else known(account.scope, ended)

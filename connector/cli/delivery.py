"""One run an account, told as it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from connector.cli import after
from connector.cli.each import attempted
from connector.cli.running import Run
from connector.cli.summary import print_summary
from connector.cli.terminal import tell_error
from connector.exceptions import ConnectorError
from connector.plan.choice import Choice
from connector.reporting.telling import Told
from connector.runs.workspace import Account, Options, Workspace, opened
from connector.source.project import Warehouse


@dataclass
class Delivery:
    """What a command sends, and what came of it; after a signal no run is started any more."""

    options: Options
    warehouse: Warehouse
    choice: Choice
    command: str
    output: str
    metrics: Path | None
    quiet: bool
    told: list[Told] = field(default_factory=list)
    interruption: ConnectorError | None = None

    def run(self, account: Account) -> Mapping[str, Any]:
        """Send what is to be sent to an account, and return the JSON of what came of it."""
        found = attempted(partial(self._opened, account))
        if not isinstance(found, ConnectorError):
            self.told.append(found)
            return found.run
        tell_error(found)
        return after.failed(account.scope, found)

    def _opened(self, account: Account) -> Told:
        with (
            after.watching(self.options, [account.name], self.metrics, self.command),
            opened(account, self.warehouse, read_only=False) as workspace,
        ):
            return after.gathered(workspace, self._result(workspace), self.metrics)

    def _result(self, workspace: Workspace) -> dict[str, Any]:
        run = Run(workspace, quiet=self.quiet)
        work = partial(run.sync, self.choice, self.command)
        summary = attempted(work) if self.interruption is None else self.interruption
        if isinstance(summary, ConnectorError):
            tell_error(summary)
            result = after.failed(workspace.job.scope, summary)
            if not self.interruption:
                result["alerts"] = run.alerts(summary)
        else:
            result = summary.as_dict()
            if self.output == "text":
                print_summary(summary)
        self.interruption = self.interruption or run.interruption
        return result

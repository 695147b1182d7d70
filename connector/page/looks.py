"""Asks the library for what the pages show, and caches the answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connector.api.connector import Connector
from connector.api.questions.status import Status
from connector.page.known import Known, Memory
from connector.reporting import listed_errors
from connector.reporting.listed_errors import Filter, Page
from connector.runs.workspace import Account, Options, accounts, remembered

MOST_RUNS = 5_000
COUNTS = ("delivered", "refused", "taken_back", "invalid", "outdated", "in_doubt", "pending")


@dataclass(frozen=True, slots=True)
class Card:
    """An account on the page `Now`."""

    name: str
    environment: str
    word: str
    known: Known
    status: Status | None
    counts: Sequence[tuple[str, int | None]]
    due: str | None


@dataclass
class Looks:
    """Answers the questions of pages about a project, within little memory."""

    options: Options
    memory: Memory = field(default_factory=Memory)

    @property
    def project(self) -> Connector:
        """Return the project itself."""
        return Connector(self.options)

    def accounts(self) -> list[Account]:
        """Return the accounts in the present connector.yml; raises ConnectorError."""
        return accounts(self.options, ())

    def ask(self, account: Account, question: Any, work: Callable[[], Any]) -> Known:
        """Return the result of `work` for an account, or the cached answer to the question."""
        return self.memory.ask((account.scope, question), account.ledger, work)

    def card(self, account: Account) -> Card:
        """Return how an account is doing; during a run, with the counts from before it."""
        known = self.ask(account, "status", lambda: self.project.status(account.name))
        status: Status | None = known.value
        counts = _counts(status)
        if status and status.running:
            before = self.memory.last((account.scope, "counts"))
            counts, known = before.value or counts, replace(before, held=bool(before.at))
        elif status:
            self.memory.keep((account.scope, "counts"), Known(counts, known.at))
        due, word = (status.due_at, status.word) if status else (None, "unknown")
        return Card(account.name, account.scope.environment, word, known, status, counts, due)

    def runs(self, account: Account) -> Known:
        """Return the last runs of an account."""
        return self.ask(account, "runs", lambda: self.project.runs(account.name, MOST_RUNS))

    def errors(self, account: Account, wanted: Filter, page: Page) -> Known:
        """Return an account's errors: the page's `rows`; `count`, `rules` and `days` of all."""

        def work() -> dict[str, Any]:
            with remembered(account) as connection:
                listed_errors.gather_errors(connection, account.scope, wanted)
                rules = listed_errors.errors_by_rule(connection)
                return {
                    "rows": listed_errors.errors_on(connection, page),
                    "count": listed_errors.number_of_errors(connection),
                    "rules": [{"destination": account.name, **each} for each in rules],
                    "days": listed_errors.errors_by_day(connection),
                }

        return self.ask(account, ("errors", wanted, page), work)


def _counts(status: Status | None) -> list[tuple[str, int | None]]:
    if status is None:
        return []
    return [(name.replace("_", " "), getattr(status, name)) for name in COUNTS]

"""Writes what a scheduler needs to run the connector: one template a scheduler."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from connector.schedules.cadence import Cadence, cadence

__all__ = ["FORMATS", "Work", "cadence", "text"]

FORMATS = ("cron", "systemd", "github", "kubernetes", "airflow", "dagster")
_CREDENTIALS = {  # by the scheme of the ledger's address; a role of the machine needs none
    "s3": ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT_KEY",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
    "postgres": ("PGPASSWORD",),
    "postgresql": ("PGPASSWORD",),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be run; `nightly` are the destinations that get everything once a night.

    `verified` are those whose last days, `days` such as 7d, are read back once a night.
    """

    connector: str  # the path of the command
    options: Sequence[str]  # before the command, such as --target
    project_dir: Path
    destinations: Sequence[str]
    nightly: Sequence[str]
    flags: Sequence[str]  # of `sync`
    variables: Sequence[str]  # of the environment, that hold the secrets
    verified: Sequence[str] = ()
    days: str = ""
    store: str = ""  # the address of ledgers that outlive their machine
    has_health: bool = False  # whether a separate job checks the health every hour

    @property
    def secrets(self) -> list[str]:
        """Return the variables of the accounts, and of the ledger's store for want of a role."""
        return [*self.variables, *_CREDENTIALS.get(self.store.partition("://")[0], ())]

    @property
    def extra(self) -> str:
        """Return the extra of the package that the ledger's store needs."""
        scheme = self.store.partition("://")[0]
        return {"": "", "file": "", "postgres": "postgres", "postgresql": "postgres"}.get(
            scheme, "bucket"
        )

    def inside(self, folder: str) -> "Work":
        """Return the same work for an image that has the project in a folder."""
        return replace(self, connector="connector", project_dir=Path(folder))

    def push(self) -> list[list[str]]:
        """Return the command that sends what changed, and the one that judges how it ended."""
        return [self._sync(self.destinations), self.status()]

    def everything(self) -> list[list[str]]:
        """Return the command that sends all orders, and the one that judges how it ended."""
        return [[*self._sync(self.nightly), "--full"], self.status()]

    def status(self) -> list[str]:
        """Return the command that checks the health of all accounts."""
        return self._looking("status", self.destinations)

    def verify(self) -> list[str]:
        """Return the command that compares what destinations hold with the views."""
        return [*self._looking("verify", self.verified), "--last", self.days]

    def _looking(self, name: str, destinations: Sequence[str]) -> list[str]:
        flags = [flag for flag in self.flags if flag != "--build"]
        return [self.connector, "--quiet", *self.options, name, *destinations, *flags]

    def _sync(self, names: Sequence[str]) -> list[str]:
        return [self.connector, "--quiet", *self.options, "sync", *names, *self.flags]


def text(name: str, plan: str, times: Cadence, work: Work) -> str:
    """Return the text for the scheduler called `name`, one of FORMATS."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - not web pages; each template quotes for its format
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "shell": shlex.join,
        "judged": _judged,
        "judged_in_shell": lambda command: f"{_prepared(work)} && {_judged(command)}",
        "in_shell": lambda command: f"{_prepared(work)} && {shlex.join(command)}",
        "told_when_failing": lambda command: _told(work, command),
        "logged": lambda command: _logged(work, command),
        "quoted": lambda value: json.dumps(str(value), ensure_ascii=False),
        "unit": lambda command: " ".join(map(_unit, command)),
    }
    template = environment.get_template(f"{name}.jinja")
    return template.render(plan=plan, times=times, work=work)


def _prepared(work: Work) -> str:
    """Return the shell's way into the project, with the secrets of its .env."""
    directory = shlex.quote(str(work.project_dir))
    return f"cd {directory} && set -a && . ./.env && set +a"


def _logged(work: Work, command: str) -> str:
    """Return a command for a shell whose output is appended to a log beside the ledger."""
    logs = shlex.quote(str(work.project_dir / ".connector"))
    return f"mkdir -m 700 -p {logs} && {{ {command}; }} >> {logs}/cron.log 2>&1"


def _told(work: Work, command: Sequence[str]) -> str:
    """Return a command for a shell whose output is shown only when it fails."""
    return f'{_prepared(work)} && {{ told=$({shlex.join(command)} 2>&1) || echo "$told"; }}'


def _judged(pair: Sequence[Sequence[str]]) -> str:
    """Return a command for a shell in which `status` decides what exit code 1 means.

    `pair` are the command and `status`. Invalid orders are not a failure, but Python also ends with
    1 when it cannot start.
    """
    command, status = pair
    otherwise = f'code=$?; [ "$code" -eq 1 ] || exit "$code"; {shlex.join(status)}'
    return f"{{ {shlex.join(command)} || {{ {otherwise}; }}; }}"


def _unit(word: str) -> str:
    """Quote a word for ExecStart, where % and $ mean something too."""
    plain = word.replace("%", "%%").replace("$", "$$")
    return plain if shlex.quote(plain) == plain else json.dumps(plain, ensure_ascii=False)

"""What a scheduler needs to run the connector, as text."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connector import schedules
from connector.exceptions import ConfigError
from connector.runs.workspace import Account, Options, accounts
from connector.settings.settings import VARIABLE

FORMATS = schedules.FORMATS


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is to be scheduled, as the options of `connector schedule` say it."""

    plan: str
    scheduler: str
    build: bool
    nightly: bool  # whether everything is sent again once a night
    verify_days: int | None  # how many of the last days are verified once a night
    health: bool = False  # whether a separate job checks the health every hour


def schedule(options: Options, names: Sequence[str], wanted: Schedule) -> str:
    """Return the text; raises ConfigError or ContractError."""
    if wanted.scheduler not in FORMATS:
        raise ConfigError(
            f"{wanted.scheduler!r} is not a known scheduler; use one of {', '.join(FORMATS)}"
        )
    times = schedules.cadence(wanted.plan)
    asked, days = accounts(options, names), wanted.verify_days
    environment = ["--environment", options.environment] if options.environment else []
    values = (text for each in asked for text in each.destination.values.values())
    work = schedules.Work(
        connector=_command(),
        options=_given(options),
        project_dir=options.project_dir.resolve(),
        destinations=[each.name for each in asked],
        nightly=[e.name for e in asked if wanted.nightly and not e.contract.side_effects],
        flags=[*environment, *(["--build"] if wanted.build else [])],
        verified=[e.name for e in asked if days and _gives_back(e)],
        days=f"{days}d" if days else "",
        store=asked[0].config.store,
        has_health=wanted.health,
        variables=list(dict.fromkeys(n for text in values for n in VARIABLE.findall(text))),
    )
    return schedules.text(wanted.scheduler, wanted.plan, times, work)


def _gives_back(account: Account) -> bool:
    """Return whether what an account holds can be read back."""
    found = account.contract.read_back
    request = found.request if found else None
    return request is not None and account.destination.environment in request.environments


def _command() -> str:
    """Return the path of `connector` beside this Python, as a scheduler has another PATH."""
    path = Path(sys.executable).with_name("connector")
    return str(path) if path.exists() else "connector"


def _given(options: Options) -> list[str]:
    """Return the global options that differ from their defaults, with absolute paths."""
    given = []
    if options.profiles_dir:
        given += ["--profiles-dir", str(options.profiles_dir.resolve())]
    if options.target:
        given += ["--target", options.target]
    if options.config != Options().config:
        given += ["--config", str(options.config)]
    return given

"""`connector schedule`: what a scheduler needs to run `sync`."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from connector import schedules
from connector.cli import shared
from connector.cli.verified import Days
from connector.runs.workspace import Account, Options, accounts
from connector.settings.settings import VARIABLE


@click.command("schedule")
@shared.destinations
@click.option(
    "--plan",
    default="4/day",
    show_default=True,
    help="How often the destination processes orders, as N/day or N/hour.",
)
@click.option(
    "--format",
    "scheduler",
    type=click.Choice(schedules.FORMATS),
    default="cron",
    show_default=True,
    help="The scheduler that the text is for.",
)
@click.option("--build", is_flag=True, help="Let each run build the views with dbt first.")
@click.option("--no-full", is_flag=True, help="Do not send everything again once a night.")
@click.option(
    "--verify", "days", type=Days(), help="Verify the last days once a night, such as 7d."
)
@shared.environment
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    plan: str,
    scheduler: str,
    build: bool,
    no_full: bool,
    days: timedelta | None,
    environment: str | None,
) -> None:
    """Print what a scheduler needs to send at the right times: ready to be put in its place.

    A destination that processes orders 4 times a day is sent to 8 times, so that none of its runs
    misses what changed just before. Once a night everything is sent again, to destinations where
    that sets nothing off.

    \b
    Examples:
      connector schedule northbeam --plan 4/day
      connector schedule --plan 1/hour --format systemd --build
      connector schedule northbeam --verify 7d
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context, environment)
    times = schedules.cadence(plan)
    asked = accounts(options, destinations)
    flags = ["--environment", environment] if environment else []
    values = (text for each in asked for text in each.destination.values.values())
    work = schedules.Work(
        connector=_command(),
        options=_given(options),
        project_dir=options.project_dir.resolve(),
        destinations=[each.name for each in asked],
        nightly=[e.name for e in asked if not no_full and not e.contract.side_effects],
        flags=[*flags, *(["--build"] if build else [])],
        verified=[e.name for e in asked if days and _gives_back(e)],
        days=f"{days.days}d" if days else "",
        variables=list(dict.fromkeys(n for text in values for n in VARIABLE.findall(text))),
    )
    click.echo(schedules.text(scheduler, plan, times, work), nl=False)


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
    """Return the global options that differ from their defaults, with paths that hold anywhere."""
    given = []
    if options.profiles_dir:
        given += ["--profiles-dir", str(options.profiles_dir.resolve())]
    if options.target:
        given += ["--target", options.target]
    if options.config != Options().config:
        given += ["--config", str(options.config)]
    return given

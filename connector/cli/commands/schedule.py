"""`connector schedule`: what a scheduler needs to run `sync`."""

from datetime import timedelta

import click

from connector.api.changes.scheduling import FORMATS
from connector.cli import shared
from connector.cli.periods import Days


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
    type=click.Choice(FORMATS),
    default="cron",
    show_default=True,
    help="The scheduler that the text is for.",
)
@click.option("--build", is_flag=True, help="Let each run build the views with dbt first.")
@click.option("--no-full", is_flag=True, help="Do not send everything again once a night.")
@click.option(
    "--verify", "days", type=Days(), help="Verify the last days once a night, such as 7d."
)
@click.option("--health", is_flag=True, help="Look once an hour whether all is well.")
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
    health: bool,
    environment: str | None,
) -> None:
    """Print the file that a scheduler needs to send at the right times.

    Orders are sent twice as often as the destination processes them, so that each processing has
    the latest changes. Once a night everything is sent again, to destinations where that has no
    side effects.

    \b
    Examples:
      connector schedule northbeam --plan 4/day
      connector schedule --plan 1/hour --format systemd --build
      connector schedule northbeam --verify 7d
      connector schedule northbeam --format kubernetes --health
    """  # noqa: D301 - click reads these as characters, not as backslashes
    text = shared.project(context, environment).schedule(
        destinations,
        plan=plan,
        scheduler=scheduler,
        build=build,
        nightly=not no_full,
        verify=days,
        health=health,
    )
    click.echo(text, nl=False)

"""`connector report`: accounts, runs, errors and data as one page in a file."""

from pathlib import Path

import click

from connector.cli import shared
from connector.cli.output.terminal import say
from connector.exceptions import ConfigError
from connector.text import private_file


@click.command("report")
@shared.destinations
@shared.environment
@click.option(
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, such as report.html; it needs nothing beside it.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=30,
    show_default=True,
    help="So many days of runs.",
)
@click.option(
    "--include-payloads",
    "payloads",
    is_flag=True,
    help="Also the first orders with errors as they would be sent, with customer data.",
)
@click.pass_context
def command(
    context: click.Context,
    destinations: tuple[str, ...],
    environment: str | None,
    path: Path,
    days: int,
    payloads: bool,
) -> None:
    """Write accounts, runs, errors and data as one page, for mail and CI.

    It holds order ids and counts, and no customer data unless that is asked for.

    \b
    Example:
      connector report --output report.html
    """  # noqa: D301 - click reads these as characters, not as backslashes
    from connector.page.report import report

    options = shared.project(context, environment).options
    text = report(options, destinations, days=days, payloads=payloads)
    try:
        private_file.replace(path, text)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); choose another file with --output"
        ) from error
    say(str(path))

"""`connector dashboard`: a read-only page on this machine."""

import click

from connector.cli import shared
from connector.cli.output.terminal import say


@click.command("dashboard")
@click.option("--port", default=8720, show_default=True, help="Port; 0 is any free one.")
@shared.environment
@click.pass_context
def command(context: click.Context, port: int, environment: str | None) -> None:
    """Show accounts, runs, errors and orders on a page of this machine, until it is interrupted.

    It listens on 127.0.0.1 and nowhere else, can only be read, and masks customer data until it is
    asked to show it.

    \b
    Example:
      connector dashboard --port 8720
    """  # noqa: D301 - click reads these as characters, not as backslashes
    try:
        from connector.page.serve import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("connector"):
            raise
        missing = f"{error.name} is not installed; run: pip install 'order-connector[page]'"
        raise click.UsageError(missing) from error
    options = shared.project(context, environment).options
    serve(options, port, lambda url: say(f"dashboard ready at {url}"))

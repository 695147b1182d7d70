"""`connector schema`: what editors complete and check connector.yml by."""

import click

from connector.cli import shared
from connector.config.config import destinations_path
from connector.config.schema import text
from connector.destinations import contracts


@click.command("schema")
@click.pass_context
def command(context: click.Context) -> None:
    """Print the JSON Schema of connector.yml, the project's own destinations included.

    \b
    Example, with a first line of connector.yml by which editors find it:
      connector schema > connector.schema.json
      # yaml-language-server: $schema=connector.schema.json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    options = shared.options(context)
    path = options.project_dir / options.config
    found = contracts(destinations_path(path) if path.exists() else None)
    click.echo(text(found), nl=False)

"""`connector schema`: what editors complete and check connector.yml by."""

import click

import connector
from connector.cli import shared


@click.command("schema")
@click.pass_context
def command(context: click.Context) -> None:
    """Print the JSON Schema of connector.yml, the project's own destinations included.

    \b
    Example, with a first line of connector.yml by which editors find it:
      connector schema > connector.schema.json
      # yaml-language-server: $schema=connector.schema.json
    """  # noqa: D301 - click reads these as characters, not as backslashes
    click.echo(connector.schema_text(**shared.place(context)), nl=False)

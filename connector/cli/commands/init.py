"""`connector init`: prepare a dbt project."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import connector
from connector import Preparation
from connector.cli import shared
from connector.cli.init_questions import asked, column, confirmed, show, split
from connector.cli.output.terminal import say


@click.command("init")
@click.option("--destination", "names", multiple=True, help="Prepare for this; may be repeated.")
@click.option("--environment", help="local, uat or production; local is the sandbox.")
@click.option("--orders-model", help="The model that has one row per order.")
@click.option("--lines-model", help="The model that has one row for each line of an order.")
@click.option("--refunds-model", help="The model that has one row for each refunded product.")
@click.option("--time-zone", help="Of times that carry none, such as America/New_York.")
@click.option(
    "--map", "columns", multiple=True, help="SQL of a column: currency=\"'USD'\"; may be repeated."
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    /,
    names: tuple[str, ...],
    columns: tuple[str, ...],
    yes: bool,
    output: str,
    **answers: Any,
) -> None:
    """Prepare a dbt project: connector.yml and its schema, models of the views, .gitignore.

    Asks for what is not given as an option. The views are mapped from the columns that your models
    have in the warehouse, with the casts that they need; what is not found stands as null, with the
    words of the contract beside it. Run it again to change an answer: a model that you have edited
    is kept, the others are written anew.

    \b
    Examples:
      connector init
      connector init --destination northbeam --orders-model orders --lines-model order_items --yes
      connector init --destination northbeam --map currency="'USD'" --map products.quantity=1 --yes
    """  # noqa: D301 - click reads these as characters, not as backslashes
    place = {**shared.place(context), **shared.dbt_place(context)}
    choices = connector.init_choices(place["project_dir"], place["config"])
    given: dict[str, Any] = {**place, **answers, "destinations": split(" ".join(names))}
    given["columns"] = dict(map(column, columns))
    if yes and not given["destinations"]:
        raise click.UsageError(f"name a --destination: {', '.join(choices.destinations)}")
    if not yes:
        given = asked(choices, given)
        given = confirmed(given)
    found = connector.init(**given)
    if output == "json":
        shared.print_json(found.as_dict())
    else:
        if yes:
            show(found, err=False)
        _tell(found, str(place["config"]), given["destinations"])


def _tell(found: Preparation, config: str, names: Sequence[str]) -> None:
    for file in found.files:
        say(f"{file.status:<8} {file.path}")
    is_kept = any(file.path == config and file.status == "kept" for file in found.files)
    if is_kept and found.settings:
        say("", f"{config} was there; see that it has, below `destinations:`,")
        say(*found.settings.splitlines(), whole=True)
    folder = _models([Path(file.path) for file in found.files])
    if found.missing:
        say("", "Required, and nothing was found: write them in the models, or give their SQL:")
        say(*_commands(found), whole=True)
    elif not found.columns:
        say("", f"Nothing is mapped yet: fill in the models below {folder}.")
    say("", "Next:", f"  dbt build --select {' '.join(_selected(found))}")
    say(*(f"  export {name}=…" for name in found.variables))
    say("  connector validate")
    if found.environment == "local":
        say("  connector sandbox     (in a second terminal)")
    say(*(f"  connector try {name}" for name in names))


def _commands(found: Preparation) -> list[str]:
    """Return the commands that give columns without a value their SQL, one for a destination."""
    given: dict[str, str] = {}
    for each in found.missing:
        destination, _, view = each.view.partition("__")
        start = f"  connector init --destination {destination}"
        given[destination] = f'{given.get(destination, start)} --map {view}.{each.column}="…"'
    return list(given.values())


def _selected(found: Preparation) -> list[str]:
    """Return what dbt has to build: the folders of the models."""
    paths = (Path(file.path) for file in found.files)
    return list(dict.fromkeys(str(path.parent) for path in paths if path.suffix == ".sql"))


def _models(paths: Sequence[Path]) -> Path:
    """Return the folder that has the folders of the destinations' models."""
    return next((path.parent.parent for path in paths if path.suffix == ".sql"), Path())

"""`connector init`: prepare a dbt project."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import connector
from connector import Preparation
from connector.api.preparing import Choices
from connector.cli import shared
from connector.cli.terminal import say
from connector.exceptions import ChoiceError


@click.command("init")
@click.option("--destination", "names", multiple=True, help="Prepare for this; may be repeated.")
@click.option("--environment", help="local, uat or production; local is the sandbox.")
@click.option("--orders-model", help="The model that has one row per order; the skeletons read it.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@shared.as_json
@click.pass_context
def command(
    context: click.Context,
    names: tuple[str, ...],
    environment: str | None,
    orders_model: str | None,
    yes: bool,
    output: str,
) -> None:
    """Prepare a dbt project: connector.yml and its schema, skeletons of the models, .gitignore.

    Asks for what is not given as an option. A skeleton has every column of the destination's
    contract, each null until you put one of yours in its place; until then nothing can be sent.
    Nothing that is there is overwritten.

    \b
    Examples:
      connector init
      connector init --destination northbeam --orders-model orders --yes
    """  # noqa: D301 - click reads these as characters, not as backslashes
    place = shared.place(context)
    choices = connector.init_choices(**place)
    given: dict[str, Any] = {**place, "destinations": _split(" ".join(names))}
    given |= {"environment": environment, "orders_model": orders_model}
    if yes and not given["destinations"]:
        raise click.UsageError(f"name a --destination: {', '.join(choices.destinations)}")
    if not yes:
        given = _asked(choices, given)
        _confirm(connector.init(**given, dry_run=True))
    found = connector.init(**given)
    if output == "json":
        shared.print_json(found.as_dict())
    else:
        _tell(found, str(place["config"]))


def _asked(choices: Choices, given: dict[str, Any]) -> dict[str, Any]:
    """Return what `init` is given, with answers in place of what is missing."""
    names = given["destinations"] or _destinations(choices)
    choices.check(names)
    environment, model = given["environment"], given["orders_model"]
    if environment is None:
        known = choices.environments(names)
        one = click.Choice(known)
        environment = click.prompt("Environment", type=one, default=known[0], err=True)
    if model is None:
        question = "Model with one row per order (leave empty when there is none yet)"
        model = click.prompt(question, default=choices.orders_model, err=True)
    return given | {"destinations": names, "environment": environment, "orders_model": model}


def _destinations(choices: Choices) -> list[str]:
    def chosen(text: str) -> list[str]:
        try:
            choices.check(_split(text))
        except ChoiceError as error:
            raise click.BadParameter(str(error)) from error
        return _split(text)

    known = ", ".join(choices.destinations)
    found: list[str] = click.prompt(
        f"Destinations, separated by commas ({known})", value_proc=chosen, err=True
    )
    return found


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").split()))


def _confirm(planned: Preparation) -> None:
    for file in planned.files:
        if file.status != "kept":
            say(f"  {file.path}", err=True)
    click.confirm("Write these?", default=True, abort=True, err=True)


def _tell(found: Preparation, config: str) -> None:
    for file in found.files:
        say(f"{file.status:<8} {file.path}")
    if any(file.path == config and file.status == "kept" for file in found.files):
        say("", f"{config} was there; see that it has, below `destinations:`,")
        say(*found.settings.splitlines())
    folder = _models([Path(file.path) for file in found.files])
    say("", f"Next: fill in the models below {folder}, then", "  dbt build")
    say(*(f"  export {name}=…" for name in found.variables))
    say("  connector doctor", "  connector plan")


def _models(paths: Sequence[Path]) -> Path:
    """Return the folder that has the folders of the destinations' models."""
    return next((path.parent.parent for path in paths if path.suffix == ".sql"), Path())

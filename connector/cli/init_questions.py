"""What `connector init` asks, and what it shows before it writes."""

from typing import Any

import click

import connector
from connector import Preparation
from connector.api.changes.preparation import Choices
from connector.cli.output.table import columns_of
from connector.cli.output.terminal import say
from connector.exceptions import ChoiceError

_NONE = "-"
_MISSING = "null: required, and nothing was found"
_MODELS = {
    "orders": "Model with one row per order",
    "lines": "Model with one row for each line of an order",
    "refunds": "Model with one row for each refunded product",
}


def column(text: str) -> tuple[str, str]:
    """Return the name and the SQL of a column that is given as `name=SQL`."""
    name, mark, sql = text.partition("=")
    if not mark or not sql.strip():
        raise click.BadParameter(f"write {text!r} as column=SQL, such as quantity=1")
    return name.strip(), sql.strip()


def asked(choices: Choices, given: dict[str, Any]) -> dict[str, Any]:
    """Return what `init` is given, with answers in place of what is missing."""
    names = given["destinations"] or _destinations(choices)
    choices.check(names)
    given = given | {"destinations": names}
    if given["environment"] is None:
        known = choices.environments(names)
        one = click.Choice(known)
        found = click.prompt("Environment", type=one, default=known[0], err=True)
        given["environment"] = found
    for role, question in _MODELS.items():
        if given[f"{role}_model"] is None:
            given[f"{role}_model"] = _model(choices, role, question)
    return given


def _model(choices: Choices, role: str, question: str) -> str:
    """Ask for the model of a role; `-` means none."""

    def chosen(text: str) -> str:
        name = "" if text == _NONE else text
        try:
            choices.check_model(name)
        except ChoiceError as error:
            raise click.BadParameter(str(error)) from error
        return name

    known = [each for each in choices.likely(role) if each != choices.model(role)]
    others = f", or {', '.join(known[:4])}" if known else ""
    default = choices.model(role) or _NONE
    text: str = click.prompt(
        f"{question}{others} ({_NONE} for none)", default=default, value_proc=chosen, err=True
    )
    return text


def confirmed(given: dict[str, Any]) -> dict[str, Any]:
    """Show what would be written and take corrections, until it is right."""
    planned = connector.init(**given, dry_run=True)
    if planned.asks_zone and given["time_zone"] is None:
        question = "Time zone of the times that carry none"
        given = given | {"time_zone": click.prompt(question, default="UTC", err=True)}
        planned = connector.init(**given, dry_run=True)
    if not planned.columns:
        show(planned, err=True)
    while planned.columns:
        show(planned, err=True)
        question = "Correct a column, as column=SQL (empty when all is right)"
        text = click.prompt(question, default="", show_default=False, err=True)
        if not text.strip():
            break
        try:
            name, sql = column(text)
            changed = given | {"columns": given["columns"] | {name: sql}}
            planned, given = connector.init(**changed, dry_run=True), changed
        except (ChoiceError, click.BadParameter) as error:
            say(f"{error}", err=True)
    _confirm(planned)
    return given


def show(found: Preparation, *, err: bool) -> None:
    """Print what each column is made of: those that were found, and those that are needed."""
    if found.not_mapped:
        say(f"No column was mapped: {found.not_mapped}", "", err=err)
    shown = [each for each in found.columns if each.sql or each.is_required]
    rows = [
        (each.view, each.column, each.source, each.sql or _MISSING, each.note) for each in shown
    ]
    if rows:
        lines = columns_of(("view", "column", "from", "SQL", "make sure"), rows)
        say(*lines, "", err=err)


def _destinations(choices: Choices) -> list[str]:
    def chosen(text: str) -> list[str]:
        try:
            choices.check(split(text))
        except ChoiceError as error:
            raise click.BadParameter(str(error)) from error
        return split(text)

    known = ", ".join(choices.destinations)
    found: list[str] = click.prompt(
        f"Destinations, separated by commas ({known})", value_proc=chosen, err=True
    )
    return found


def split(text: str) -> list[str]:
    """Return names that commas or blanks separate, each once."""
    return list(dict.fromkeys(text.replace(",", " ").split()))


def _confirm(planned: Preparation) -> None:
    for file in planned.files:
        if file.status != "kept":
            say(f"  {file.path}", err=True)
    click.confirm("Write these?", default=True, abort=True, err=True)

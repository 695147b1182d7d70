"""`connector init`: prepare a dbt project."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from connector import scaffold
from connector.cli import shared
from connector.cli.terminal import say
from connector.config.config import destinations_path
from connector.contract.contract import Contract
from connector.destinations import contracts
from connector.runs.workspace import Options
from connector.scaffold import Change, File, Project
from connector.text.names import nearest


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
    options = shared.options(context)
    project, known = scaffold.project(options.project_dir), _known(options)
    chosen = _destinations(known, names, ask=not yes)
    environment = _environment(chosen, environment, ask=not yes)
    orders_model = _orders_model(project, orders_model, ask=not yes)
    settings = scaffold.settings_files(known, chosen, environment, options.config)
    planned = scaffold.files(project, chosen, orders_model, settings)
    if not yes:
        _confirm(planned)
    scaffold.write(project.directory, planned)
    if output == "json":
        shared.print_json([{"path": str(f.path), "status": f.change.value} for f in planned])
    else:
        _tell(planned, chosen, environment, options)


def _known(options: Options) -> dict[str, Contract]:
    path = options.project_dir / options.config
    own = options.project_dir / "destinations"
    if path.exists():
        return contracts(destinations_path(path))
    return contracts(own if own.is_dir() else None)


def _destinations(
    known: Mapping[str, Contract], names: Sequence[str], *, ask: bool
) -> list[Contract]:
    def chosen(text: str) -> list[Contract]:
        for name in text.replace(",", " ").split():
            if name not in known:
                hint = f"{nearest(name, known)}; known: {', '.join(known)}"
                raise click.BadParameter(f"there is no destination {name!r}{hint}")
        return [known[name] for name in dict.fromkeys(text.replace(",", " ").split())]

    if names:
        return chosen(" ".join(names))
    if not ask:
        raise click.UsageError(f"name a --destination: {', '.join(known)}")
    found: list[Contract] = click.prompt(
        f"Destinations, separated by commas ({', '.join(known)})", value_proc=chosen, err=True
    )
    return found


def _environment(chosen: Sequence[Contract], given: str | None, *, ask: bool) -> str:
    known = [
        name
        for name in chosen[0].environments
        if all(name in contract.environments for contract in chosen)
    ]
    if given is None and ask:
        choice = click.Choice(known)
        given = str(click.prompt("Environment", type=choice, default=known[0], err=True))
    given = given or known[0]
    if given not in known:
        hint = f"{nearest(given, known)}; known: {', '.join(known)}"
        raise click.BadParameter(f"there is no environment {given!r}{hint}")
    return given


def _orders_model(project: Project, given: str | None, *, ask: bool) -> str | None:
    guess = "orders" if "orders" in project.models else ""
    if given is None and ask:
        question = "Model with one row per order (leave empty when there is none yet)"
        given = str(click.prompt(question, default=guess, err=True))
    name = guess if given is None else given
    if name and name not in project.models:
        hint = f"{nearest(name, project.models)}; write it, or leave --orders-model out"
        raise click.BadParameter(f"the dbt project has no model {name!r}{hint}")
    return name or None


def _confirm(planned: Sequence[File]) -> None:
    for file in planned:
        if file.change is not Change.KEEP:
            say(f"  {file.path}", err=True)
    click.confirm("Write these?", default=True, abort=True, err=True)


def _tell(
    planned: Sequence[File], chosen: Sequence[Contract], environment: str, options: Options
) -> None:
    for file in planned:
        say(f"{file.change.value:<8} {file.path}")
    folder = next((f.path.parent for f in planned if f.path.suffix == ".sql"), Path("models"))
    if any(file.path == options.config and file.change is Change.KEEP for file in planned):
        say("", f"{options.config} was there; see that it has, below `destinations:`,")
        for each in chosen:
            say(*scaffold.destination_yaml(each, environment).splitlines())
    names = [name for contract in chosen for name in scaffold.variables(contract).values()]
    say("", f"Next: fill in the models below {folder.parent}, then", "  dbt build")
    say(*(f"  export {name}=…" for name in names), "  connector doctor", "  connector plan")

"""The reference of the command line, in Markdown, as Click has it."""

from collections.abc import Iterator
from inspect import cleandoc

import click

from connector.cli.group import connector
from docs.markdown import Lines, code, section, table


def page() -> str:
    """Return a page with a section a command: what it does, its usage, its options."""
    context = click.Context(connector, info_name="connector")
    names = connector.list_commands(context)
    lines = [
        "# Command line",
        "",
        "Options before the command hold for every command. `--help` says the same.",
        "",
        *section("connector", _described(connector, context)),
        *(line for name in names for line in _command(name, context)),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _command(name: str, context: click.Context, group: click.Group = connector) -> Lines:
    found = group.get_command(context, name)
    if found is None:
        raise ValueError(f"the command {name} is listed and cannot be found")
    below = click.Context(found, info_name=name, parent=context)
    yield from section(below.command_path, _described(found, below))
    if isinstance(found, click.Group):
        for each in found.list_commands(below):
            yield from _command(each, below, found)


def _described(command: click.Command, context: click.Context) -> Lines:
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f"    {context.command_path} {usage}", "")
    for paragraph in cleandoc(command.help or "").replace("\b\n", "").split("\n\n"):
        yield from _paragraph(paragraph)
    yield from table(["option", "what"], _options(command, context))


def _paragraph(text: str) -> Iterator[str]:
    head, _, examples = text.partition("\n")
    if head.startswith("Example"):
        yield from ("```sh", *(line.strip() for line in examples.splitlines()), "```", "")
    elif text.strip():
        yield from (" ".join(text.split()), "")


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record:
            yield code(record[0]), record[1]

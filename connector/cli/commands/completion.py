"""`connector completion`: let the shell complete commands, options and destinations."""

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what lets a shell complete commands, options and the destinations of the project.

    \b
    Examples, each for the file that the shell reads when it starts:
      eval "$(connector completion bash)"                                in ~/.bashrc
      eval "$(connector completion zsh)"                                 in ~/.zshrc
      connector completion fish > ~/.config/fish/completions/connector.fish
    """  # noqa: D301 - click reads these as characters, not as backslashes
    from click.shell_completion import get_completion_class

    root = context.find_root()
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"Click knows no completion for {shell}")
    click.echo(found(root.command, {}, "connector", "_CONNECTOR_COMPLETE").source())

"""The commands, and the options that stand before them."""

from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem

COMMANDS = {
    "sync": "Send the orders that changed.",
    "backfill": "Load years of orders, window by window.",
    "plan": "Say what sync would send, and send nothing.",
    "validate": "Judge all orders by the contract.",
    "show": "Print one order: payload, violations, history.",
    "errors": "List the orders that do not reach a destination, with the reason.",
    "try": "Send one order to the sandbox or UAT, then for real.",
    "retry": "Send refused orders again.",
    "verify": "Compare what a destination holds with the views.",
    "adopt": "Take over what a destination holds already.",
    "ledger": "Look after the ledgers: status, check, restore, move.",
    "forget": "Erase what the ledger keeps of orders or customers.",
    "status": "Say what was delivered and how the last run ended.",
    "runs": "List the last runs, or one with its batches.",
    "dashboard": "Show accounts, runs, errors and orders on a page of this machine.",
    "report": "Write accounts, runs, errors and data as one page in a file.",
    "init": "Prepare a dbt project: settings and skeletons of the models.",
    "schema": "Print the JSON Schema of connector.yml, for editors.",
    "schedule": "Print what cron, systemd or another scheduler needs.",
    "doctor": "Check what a run needs, and say what to do about what is wrong.",
    "export": "Write results as data: Parquet files, or tables of the warehouse.",
    "completion": "Let the shell complete commands and destinations.",
    "sandbox": "Run a local stand-in for the destinations.",
}

_MODULES = {"try": "trying"}  # a word of Python is not the name of a module


class _Lazy(click.Group):
    """Imports a command when it is asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's own
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(
            f"connector.cli.commands.{_MODULES.get(cmd_name, cmd_name)}"
        ).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from connector.text.names import nearest

        if args and args[0] not in COMMANDS:
            raise click.UsageError(
                f"there is no command {args[0]!r}{nearest(args[0], COMMANDS)}", ctx
            )
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Name the commands without importing them, as a shell asks at every key."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        found = {name: text for name, text in COMMANDS.items() if name.startswith(incomplete)}
        return [CompletionItem(name, help=text) for name, text in found.items()]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _tell_version(context: click.Context) -> None:
    """Print the versions of the connector and of what it runs on, without importing those."""
    from importlib.metadata import PackageNotFoundError, version
    from platform import python_version

    found = [f"Python {python_version()}"]
    for label, package in (("DuckDB", "duckdb"), ("dbt", "dbt-core"), ("dbt-duckdb", "dbt-duckdb")):
        try:
            found.append(f"{label} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {label}")
    click.echo(f"connector, version {version('order-connector')} ({', '.join(found)})")
    context.exit()


@click.group(cls=_Lazy)
@click.option(
    "--project-dir",
    type=click.Path(path_type=Path),
    help="The dbt project; else DBT_PROJECT_DIR, this folder or the nearest one around it.",
)
@click.option("--profiles-dir", type=click.Path(path_type=Path), help="Where profiles.yml is.")
@click.option("--target", help="Target of the dbt profile; else DBT_TARGET, or its default.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default="connector.yml",
    show_default=True,
    help="Settings, relative to the project.",
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", help="Format of the logs."
)
@click.option("-v", "--verbose", "verbosity", count=True, help="Log each batch; twice: everything.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _tell_version(context) if asked else None,
    help="Show the version, and those of the engines, and exit.",
)
@click.pass_context
def connector(
    context: click.Context,
    project_dir: Path | None,
    profiles_dir: Path | None,
    target: str | None,
    config: Path,
    log_format: str,
    verbosity: int,
    quiet: bool,
) -> None:
    """Bring orders from the warehouse to the marketing platforms.

    \b
    Example:
      dbt build && connector sync northbeam
    """  # noqa: D301 - click reads these as characters, not as backslashes
    from connector import project_directory
    from connector.cli.interruption import ctrl_c
    from connector.cli.output.terminal import colours
    from connector.text import log

    ctrl_c.raise_it()  # from here on there is something to clean up

    context.color = colours()
    log.configure(verbosity, log_format)
    context.obj = {
        "options": {
            "project_dir": project_directory(project_dir),
            "profiles_dir": profiles_dir,
            "target": target,
            "config": config,
        },
        "quiet": quiet,
    }

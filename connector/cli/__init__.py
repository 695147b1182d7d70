"""The command line: the only place that prints, exits, or reads arguments."""

import os
import sys
from collections.abc import Sequence
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
    "retry": "Send refused orders again.",
    "status": "Say what was delivered and how the last run ended.",
    "runs": "List the last runs, or one with its batches.",
    "init": "Prepare a dbt project: settings and skeletons of the models.",
    "schedule": "Print what cron, systemd or another scheduler needs.",
    "doctor": "Check what a run needs, and say what to do about what is wrong.",
    "export": "Write results as data: Parquet files, or tables of the warehouse.",
    "completion": "Let the shell complete commands and destinations.",
    "sandbox": "Run a local stand-in for the destinations.",
}


class _Lazy(click.Group):
    """Imports a command when it is asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's own
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"connector.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from connector.names import nearest

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


@click.group(cls=_Lazy)
@click.option(
    "--project-dir", type=click.Path(path_type=Path), default=".", help="The dbt project."
)
@click.option("--profiles-dir", type=click.Path(path_type=Path), help="Where profiles.yml is.")
@click.option("--target", help="Target of the dbt profile.")
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
@click.version_option(package_name="order-connector")
@click.pass_context
def connector(
    context: click.Context,
    project_dir: Path,
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
    from connector import log
    from connector.cli.terminal import colours

    context.color = colours()
    log.configure(verbosity, log_format)
    context.obj = {
        "options": {
            "project_dir": project_dir,
            "profiles_dir": profiles_dir,
            "target": target,
            "config": config,
        },
        "quiet": quiet,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    # Customer data on disk is for the operator alone, whatever writes it.
    os.umask(0o077)
    code = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # A worker that still waits for an answer must not keep the process.
    os._exit(code) if _workers() else sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    An unexpected error is named without its text, which may hold customer data.
    """
    from connector.errors import ConnectorError

    try:
        code = connector.main(args=arguments, prog_name="connector", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except ConnectorError as error:
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last stop before the user
        click.echo(_unexpected(error), err=True)
        return 2
    return int(code or 0)


def _unexpected(error: Exception) -> str:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    return (
        f"Error: unexpected {type(error).__module__}.{type(error).__name__}; its text is left out, "
        f"as it may hold customer data\n{where}\nPlease report this with the lines above."
    )


def _workers() -> bool:
    import threading

    return any(thread.name.startswith("sender") for thread in threading.enumerate())

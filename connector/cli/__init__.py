"""The command line: the only place that prints, exits, or reads arguments.

Importing it costs nothing, so that a signal finds its handler from the first moment on.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

TYPE_CHECKING = False  # as that of typing, whose import takes a moment
if TYPE_CHECKING:
    from collections.abc import Sequence

SENDING = ("sync", "backfill", "retry")  # what they have sent matters more than a lost report


def __getattr__(name: str) -> object:
    """Return `connector`, the group of all commands, or `COMMANDS`, their names and purposes."""
    if name in {"connector", "COMMANDS"}:
        from importlib import import_module

        return getattr(import_module("connector.cli.group"), name)
    raise AttributeError(name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    from connector.cli.interruption import ctrl_c

    ctrl_c.end_at_once()
    # A run makes little garbage, and looks for it a hundred times while modules are imported.
    gc.set_threshold(100_000, 20, 20)
    from connector.cli.output.streams import Streams

    # Customer data on disk is for the operator alone, whatever writes it.
    os.umask(0o077)
    streams = Streams()
    code = run(arguments)
    ctrl_c.ignore()
    if lost := streams.finish():
        print(f"Error: {lost}", file=sys.stderr)
        code = code if _sends(arguments) else lost.exit_code
    if not _workers():  # a worker that still waits for an answer must not keep the process
        atexit._run_exitfuncs()  # noqa: SLF001 - as the interpreter would, at its end
    sys.stderr.flush()
    # To take five hundred modules apart costs a sixth of a small run, and frees nothing that the
    # end of the process does not free.
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    An unexpected error is named without its text, which may hold customer data.
    """
    import io

    import click

    from connector.cli.group import connector
    from connector.cli.interruption import INTERRUPTED, ctrl_c
    from connector.cli.output.terminal import say, tell_error

    try:
        code = connector.main(args=arguments, prog_name="connector", standalone_mode=False)
    except click.ClickException as error:
        error.show(usage := io.StringIO())
        say(*usage.getvalue().rstrip().split("\n"), err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last stop before the user
        if ctrl_c.came or isinstance(error, click.Abort):
            say("interrupted", err=True)
            return INTERRUPTED
        return tell_error(error).exit_code
    return int(code or 0)


def _sends(arguments: Sequence[str] | None) -> bool:
    """Return whether the command sends orders, as far as its words tell."""
    return not set(SENDING).isdisjoint(sys.argv[1:] if arguments is None else arguments)


def _workers() -> bool:
    import threading

    return any(thread.name.startswith("sender") for thread in threading.enumerate())

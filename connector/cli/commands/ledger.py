"""`connector ledger`: where ledgers are, whether they are sound; restore and move them."""

import click

from connector import LedgerCheck, LedgerStatus
from connector.api.results import row
from connector.cli import printed, shared
from connector.cli.output.terminal import say
from connector.text.words import size

SHOWN = ("generation", "made_at", "bytes", "made_by")


@click.group("ledger")
def command() -> None:
    """Look after the ledgers: the records of what was delivered.

    \b
    Examples:
      connector ledger status
      connector ledger check --output json
      connector ledger restore northbeam 12 --yes
      connector ledger move s3://our-bucket/order-connector
    """  # noqa: D301 - click reads these as characters, not as backslashes


@command.command("status")
@shared.destinations
@shared.environment
@shared.as_json
@click.pass_context
def status(
    context: click.Context, destinations: tuple[str, ...], environment: str | None, output: str
) -> int:
    """Say where each ledger is, how large, who holds it, and what can be restored.

    \b
    Example:
      connector ledger status northbeam
    """  # noqa: D301
    results = shared.project(context, environment).ledger_status(destinations)
    printed.tell_failures(results)
    if output == "json":
        shared.print_json([each.as_dict() for _, each in results.all])
    else:
        for found in results.found:
            _print_status(found)
    return results.worst()


@command.command("check")
@shared.destinations
@shared.environment
@shared.as_json
@click.pass_context
def check(
    context: click.Context, destinations: tuple[str, ...], environment: str | None, output: str
) -> int:
    """Read all of each ledger, and of every generation that can be restored.

    Ends with 1 when something is missing or damaged, and names it.

    \b
    Example:
      connector ledger check
    """  # noqa: D301
    results = shared.project(context, environment).ledger_check(destinations)
    printed.tell_failures(results)
    if output == "json":
        shared.print_json([each.as_dict() for _, each in results.all])
    else:
        for found in results.found:
            _print_check(found)
    return results.worst(max((each.exit_code for each in results.found), default=0))


@command.command("restore")
@shared.destination
@click.argument("generation", type=click.IntRange(min=1))
@shared.environment
@click.option("--yes", is_flag=True, help="Restore it; otherwise only say what that means.")
@shared.as_json
@click.pass_context
def restore(
    context: click.Context,
    destination: str,
    generation: int,
    environment: str | None,
    yes: bool,
    output: str,
) -> None:
    """Put an earlier generation of a ledger in a store in the place of the last one.

    All that the ledger says is in doubt afterwards and is sent again, as after any backup that was
    put back. `connector runs` lists it as a run.

    \b
    Example:
      connector ledger restore northbeam 12 --yes
    """  # noqa: D301
    project = shared.project(context, environment)
    found = project.ledger_restore(destination, generation, unguarded=yes)
    if output == "json":
        shared.print_json(found.as_dict())
        return
    say(f"{destination}: generation {generation} of {found.made_at} is back (run {found.run_id})")
    say("  all that it says is in doubt: the next sync sends it again; see `connector plan`")


@command.command("move")
@click.argument("to")
@shared.as_json
@click.pass_context
def move(context: click.Context, to: str, output: str) -> None:
    """Move all ledgers of the project from files to a store, or from a store to files.

    TO is what `ledger:` in connector.yml must say afterwards: an address, or a path in the project.
    Nothing is sent until it does. A move that was stopped is continued by the same command.

    \b
    Examples:
      connector ledger move s3://our-bucket/order-connector
      connector ledger move .connector/ledger.duckdb
    """  # noqa: D301
    found = shared.project(context, None).ledger_move(to)
    if output == "json":
        shared.print_json(found.as_dict())
        return
    for name, taken in found.ledgers.items():
        say(f"{name}: moved, {size(taken)}")
    say(f"now write `ledger: {to}` in connector.yml; until then nothing is sent")
    say(f"what {found.source} still holds is not used any more; delete it when all is well")


def _print_status(found: LedgerStatus) -> None:
    say(f"{found.destination} · {found.environment}: {found.place}")
    if found.closed:
        say(f"  {found.closed}")
    if found.bytes is None:
        if not found.closed:
            say("  there is no ledger yet; the first run makes it")
        return
    say(f"  {size(found.bytes)}", *_stored(found))
    if found.is_held:
        say(f"  held by {found.held_by or 'another process'}, or left by it when it was killed")
    else:
        say("  held by nobody")
    if found.generations:
        shared.print_table([row(each) for each in found.generations], SHOWN, "text")


def _stored(found: LedgerStatus) -> list[str]:
    if found.kind == "file":
        return []
    pieces = f", {found.journal} pieces of the journal after it" if found.journal else ""
    kept = size(found.stored_bytes or 0)
    return [
        f"  generation {found.generation} of {found.made_at}{pieces}",
        f"  {kept} in the store, of all that can be restored",
    ]


def _print_check(found: LedgerCheck) -> None:
    what = "damaged" if found.damages else "sound"
    say(f"{found.destination} · {found.environment}: {what}, {size(found.bytes)}")
    for each in found.damages:
        needed = ", ".join(map(str, each.generations))
        say(f"  {each.name}{f', needed by generation {needed}' if needed else ''}")
    if any(each.generations for each in found.damages):
        say("  put back what the bucket keeps, or run `connector ledger restore`")
    elif found.damages:
        say("  put back a copy; see “A lost ledger” in docs/operations.md")

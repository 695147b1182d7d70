"""`connector sandbox`: a local stand-in for the destinations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from connector.cli.output.terminal import say
from connector.exceptions import ConnectorError
from connector.text.loopback import LOOPBACK

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_DESTINATION_SETTINGS = ("api_key", "client_id")
_CONFIG = Path("connector.yml")


def duration(text: str) -> float:
    """Return the seconds that a text such as `80ms`, `1.5s`, `2m` or `3` means."""
    unit = next((unit for unit in _UNITS if text.endswith(unit)), "")
    try:
        seconds = float(text.removesuffix(unit)) * _UNITS.get(unit, 1.0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise click.BadParameter(f"{text!r} is not a valid duration; write 80ms, 1.5s or 2m")
    return seconds


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8710, show_default=True, help="Port; 0 is any free one.")
@click.option("--store", type=click.Path(path_type=Path), help="Keep the orders in this file.")
@click.option("--no-store", is_flag=True, help="Judge, but keep nothing, as UAT hosts do.")
@click.option("--api-key", help="The only key that is accepted; without it, any.")
@click.option("--client-id", help="The only client that is accepted; without it, any.")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="The only value of a destination's setting that is accepted, such as shop=….",
)
@click.option("--max-bytes", default=30_000_000, show_default=True, help="Largest body of a call.")
@click.option("--enforce-budget", is_flag=True, help="Answer 429 above the API's budget.")
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND[:PROBABILITY|:Nx]", help="Go wrong."
)
@click.option(
    "--latency", type=duration, default="0s", metavar="DURATION", help="Wait before each answer."
)
@click.option(
    "--stall",
    type=duration,
    default="60s",
    metavar="DURATION",
    help="How long the fault `stall` lasts.",
)
@click.option("--retry-after", default=1, show_default=True, help="Seconds that a 429 asks for.")
@click.option("--seed", type=int, help="Repeat the same faults each time.")
@click.option("--poison", metavar="REGEX", help="Refuse the orders of these ids, by name.")
@click.option("--poison-unnamed", metavar="REGEX", help="The same, without naming the orders.")
@click.option("--poison-all", "poison_everything", metavar="MESSAGE", help="Refuse every order.")
@click.pass_context
def command(
    context: click.Context,
    /,
    no_store: bool,
    enforce_budget: bool,
    settings: Sequence[str],
    **options: Any,
) -> None:
    """Run local destinations that judge and keep orders, until they are interrupted.

    \b
    Each answers at the path of its own API, those of the project's own contracts too:
      Northbeam     /v2/orders
      Triple Whale  /api/v2/data-in/bulk-orders
      Yespo         /api/v1/orders

    \b
    They can also go wrong, to show how the connector copes:
      connector sandbox --latency 80ms --fault 429:0.05 --fault reset-after:0.02
      connector sandbox --fault 503:3x --poison '^HB-2041'

    \b
    Faults: 401 403 408 425 429 429-date 500 502 503 stored-500 reset-before reset-after slow
    stall late half html html-200 empty says-no unknown huge redirect. `KIND` hits every call,
    `KIND:0.05` one in twenty, `KIND:3x` the next three.
    """  # noqa: D301 - click reads these as characters, not as backslashes
    given = {name: options.pop(name) for name in _DESTINATION_SETTINGS}
    credentials = {name: value for name, value in given.items() if value is not None}
    try:
        from connector.sandbox.api import Settings, serve

        chosen = Settings(
            destinations=_own_destinations(context),
            credentials=credentials | dict(_setting(text) for text in settings),
            keeps_orders=not no_store,
            enforces_budget=enforce_budget,
            **options,
        )
        if chosen.host not in LOOPBACK:
            say(f"warning: whoever reaches {chosen.host} can read and change all orders", err=True)
        serve(chosen, lambda url: say(f"sandbox ready at {url}"))
    except ModuleNotFoundError as error:
        raise click.UsageError(_missing(error)) from error
    except (ConnectorError, ValueError) as error:
        raise click.UsageError(str(error)) from error


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (name and mark and value):
        raise click.BadParameter(f"{text!r} is not a valid setting; write NAME=VALUE")
    return name, value


def _own_destinations(context: click.Context) -> Path | None:
    """Return the folder of the project's own contracts; without a connector.yml there is none."""
    from connector.api.changes.schema import own_destinations

    options = (context.obj or {}).get("options", {"project_dir": ".", "config": _CONFIG})
    is_default = options["config"] == _CONFIG
    return own_destinations(options["project_dir"], options["config"], is_needed=not is_default)


def _missing(error: ModuleNotFoundError) -> str:
    if (error.name or "").startswith("connector"):
        raise error
    return f"{error.name} is not installed; run: pip install 'order-connector[sandbox]'"

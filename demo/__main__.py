"""Run the whole of it once: `python -m demo`. Everything it makes is in .demo/.

With `--open` the sandbox and its page stay until Ctrl-C.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import requests

from connector.compile import literal, quote
from connector.contract.contract import Contract
from connector.destinations import contracts

PROJECT = Path(__file__).parents[1]
HOME = PROJECT / ".demo"
WAREHOUSE = HOME / "oms.duckdb"
BIN = Path(sys.executable).parent
EDITS = {"edited": "536365", "placed": "demo-1", "copied": "536370", "refunded": "536367"}
CONFIG = """
ledger: ledger.duckdb
destinations:
  northbeam:
    environment: local
    url: {url}/v2/orders
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
  triple_whale:
    environment: local
    url: {url}/api/v2/data-in/bulk-orders
    shop: giftware.example
    api_key: ${{TRIPLE_WHALE_API_KEY}}
  yespo:
    environment: local
    url: {url}/api/v1/orders
    api_key: ${{YESPO_API_KEY}}
  ometria:
    environment: local
    url: {url}/v2/push
    api_key: ${{OMETRIA_API_KEY}}
"""
KEYS = (
    *("NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID", "TRIPLE_WHALE_API_KEY"),
    *("YESPO_API_KEY", "OMETRIA_API_KEY"),
)


NEXT = """\
Did:  built nine months of orders with dbt, sent them to four destinations on this machine,
      changed three orders, built again, and sent those three and nothing else.
Look: connector --config {home}/connector.yml errors northbeam   what was held back, and why
      connector --config {home}/connector.yml runs               each run with its counts
Page: {page}
Next: docs/start.md takes your own dbt project to its first right order."""
NOTHING = ("abandoned", "cancelled", "draft", "failed", "not_an_order")  # no order to be held


def main() -> None:
    """Build the sample, sync it, edit three orders, sync again; 1 when a number does not agree."""
    began = time.monotonic()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(mode=0o700)
    os.environ |= {
        "OMS_WAREHOUSE": str(WAREHOUSE),
        "DBT_TARGET_PATH": str(HOME / "target"),
        "DBT_LOG_PATH": str(HOME / "logs"),
        "XDG_STATE_HOME": str(HOME / "state"),
        **dict.fromkeys(KEYS, "any-key-will-do-locally"),
    }
    say("1. The sample: nine months of a gift wholesaler as raw tables, and dbt's models over them")
    run(sys.executable, "-m", "sample", "load", "--warehouse", str(WAREHOUSE))
    run(BIN / "dbt", "--quiet", "build")
    with local_destinations() as url:
        (HOME / "connector.yml").write_text(CONFIG.format(url=url))
        agreed = first_sync(url) and second_sync(url)
        took = f"{time.monotonic() - began:.0f} s"
        say(f"Done in {took}; all of it is in {HOME.name}/ until next time.")
        show_page(url, is_kept="--open" in sys.argv[1:])
    sys.exit(not agreed)


def show_page(url: str, *, is_kept: bool) -> None:
    """Say where the sandbox's page is, and keep it until Ctrl-C if that is wanted."""
    page = f"{url} shows what arrived, call by call and order by order; "
    page += "Ctrl-C ends it" if is_kept else "make demo OPEN=1 keeps it, this one has ended"
    print(NEXT.format(home=HOME.name, page=page), flush=True)
    with suppress(KeyboardInterrupt):
        if is_kept:
            signal.pause()


def first_sync(url: str) -> bool:
    """Deliver the whole sample to every destination and compare both ends."""
    say("2. The first sync: every valid order goes, every invalid one is listed with its reason")
    connector("sync", "--allow-side-effects")
    return compare_all(url)


def second_sync(url: str) -> bool:
    """Edit the raw tables, run dbt, and show that only those orders go."""
    say("3. A day later: one order edited, one placed, one refunded late; dbt runs again")
    before = {name: writes(url, name) for name in contracts()}
    edit()
    run(BIN / "dbt", "--quiet", "run")
    connector("sync")
    sent = {name: newly_written(url, name, before[name]) for name in before}
    expected = sorted([EDITS["edited"], EDITS["placed"], EDITS["refunded"]])
    print(f"\n  edited: {', '.join(expected)}")
    for name, orders in sent.items():
        print(f"  sent to {name}: {', '.join(orders)}")
    return compare_all(url) and all(orders == expected for orders in sent.values())


def newly_written(url: str, destination: str, before: dict[str, Any]) -> list[str]:
    """Return the orders that a destination got since `before`."""
    now = writes(url, destination)
    return sorted(key for key, count in now.items() if count != before.get(key))


def compare_all(url: str) -> bool:
    """Print what each destination holds beside what its views say, and whether they agree."""
    verdicts = [compare(url, contract) for contract in contracts().values()]
    return all(verdicts)


def compare(url: str, contract: Contract) -> bool:
    """Do it for one destination."""
    name = contract.destination
    with duckdb.connect(str(WAREHOUSE), read_only=True) as warehouse:
        views = warehouse.execute(said_by_views(contract), {"invalid": invalid(name)}).fetchall()
    held = counts(url, name)
    held |= {f"revenue {currency}": total for currency, total in held["revenue"].items()}
    print(f"\n  {name:<22}{'the views':>14}{'held there':>14}")
    for what, view in views:
        verdict = "✓" if view == str(held.get(what)) else "✗ they differ"
        print(f"  {what:<22}{view:>14}{held.get(what)!s:>14}  {verdict}")
    return all(view == str(held.get(what)) for what, view in views)


def said_by_views(contract: Contract) -> str:
    """Return a select of (what, value): rows and revenue of the orders to be held there.

    Those are all but `$invalid` ones and those that count for nothing.
    """
    key, name = quote(contract.key), contract.destination
    paid = next(field.column for field in contract.orders.fields if field.kind == "number")
    lifecycle = contract.lifecycle
    sent = set(lifecycle.sent_as) - set(lifecycle.opt_in)
    nothing = ", ".join(map(literal, sorted({*NOTHING} - sent)))
    gone = f"coalesce({quote(lifecycle.column)}, '') in ({nothing})"
    views = {each.name: quote(f"{name}__{each.name}") for each in contract.entities()}
    orders = views[contract.orders.name]
    valid = (
        f"where {key} in (select {key} from {orders} "  # noqa: S608
        f"where {key} not in (select unnest($invalid)) and not {gone})"
    )
    counted = [
        f"select {literal(entity)}, count(*)::varchar from {view} {valid}"  # noqa: S608
        for entity, view in views.items()
    ]
    counted_for_nothing = f"{quote(lifecycle.column)} in ({', '.join(map(literal, NOTHING))})"
    revenue = (
        f"select 'revenue ' || currency, sum({quote(paid)})::decimal(38, 2)::varchar "  # noqa: S608
        f"from {orders} {valid} and not coalesce({counted_for_nothing}, false) group by currency"
    )
    return f"{' union all '.join(counted)} union all (from ({revenue}) order by all)"


def invalid(destination: str) -> list[str]:
    """Return the orders that are held back, as the connector lists them."""
    listed = command("errors", destination, "--output", "json")
    answer = subprocess.run(listed, check=True, capture_output=True, cwd=PROJECT)
    found = sorted({error["order_id"] for error in json.loads(answer.stdout)})
    print(f"\n  {len(found):,} orders are invalid; `connector errors {destination}` says why")
    return found


def edit() -> None:
    """Write to the raw tables as the order-management system would."""
    with duckdb.connect(str(WAREHOUSE)) as warehouse:
        sql = (Path(__file__).parent / "edits.sql").read_text(encoding="utf-8")
        for statement in duckdb.extract_statements(sql):
            warehouse.execute(statement, {name: EDITS[name] for name in statement.named_parameters})


def counts(url: str, destination: str) -> dict[str, Any]:
    """Return what the local stand-in of a destination holds."""
    return asked(f"{url}/sandbox/counts", destination)


def writes(url: str, destination: str) -> dict[str, Any]:
    """Return how often each order was written there."""
    return asked(f"{url}/sandbox/writes", destination)


def asked(url: str, destination: str) -> dict[str, Any]:
    """Return an answer of the sandbox."""
    found: dict[str, Any] = requests.get(
        url, params={"destination": destination}, timeout=30
    ).json()
    return found


@contextmanager
def local_destinations() -> Iterator[str]:
    """Yield the URL of a sandbox, which stands in for all destinations, on any free port."""
    with subprocess.Popen(
        [BIN / "connector", "sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            print(f"\n$ connector sandbox &\n{line.strip()}")
            yield line.split()[-1]
        finally:
            process.terminate()


def connector(*arguments: str) -> None:
    """Run the connector; 1 only says that some orders are invalid, as some of the sample are."""
    run(*command(*arguments), accepted=(0, 1))


def command(*arguments: str) -> list[str | Path]:
    """Return a command line of the connector with the demo's settings."""
    return [BIN / "connector", "--config", str(HOME / "connector.yml"), *arguments]


def run(*arguments: str | Path, accepted: tuple[int, ...] = (0,)) -> None:
    """Show a command and run it."""
    print(f"\n$ {' '.join([Path(arguments[0]).name, *map(str, arguments[1:])])}", flush=True)
    code = subprocess.run(arguments, check=False, cwd=PROJECT).returncode
    if code not in accepted:
        sys.exit(f"the command ended with exit code {code}")


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


if __name__ == "__main__":
    main()

"""Run the whole of it once: `python -m demo`. Everything it makes is in .demo/.

With `--open` the sandbox and its page stay until Ctrl-C.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import duckdb

from connector.destinations import contracts
from demo.held import compare_all, newly_written, writes
from demo.running import HOME, WAREHOUSE, Dbt, connector, local_destinations, run, say, tidy

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
Did:  sent nine months of orders to four destinations here, changed three, sent those three again.
Look: connector --config {home}/connector.yml errors northbeam   what was held back, and why
      connector --config {home}/connector.yml runs               each run with its counts
Page: {page}
Next: docs/start.md takes your own dbt project to its first right order."""


def main() -> None:
    """Build the sample, sync it, edit three orders, sync again; 1 when a number does not agree."""
    began = time.monotonic()
    tidy()
    os.environ |= {
        "OMS_WAREHOUSE": str(WAREHOUSE),
        "DBT_TARGET_PATH": str(HOME / "target"),
        "DBT_LOG_PATH": str(HOME / "logs"),
        "XDG_STATE_HOME": str(HOME / "state"),
        **dict.fromkeys(KEYS, "any-key-will-do-locally"),
    }
    with local_destinations() as started:  # they start while dbt works
        dbt = build()
        url = started()
        (HOME / "connector.yml").write_text(CONFIG.format(url=url))
        agreed = first_sync(url) and second_sync(url, dbt)
        took = f"{time.monotonic() - began:.0f} s"
        say(f"Done in {took}; all of it is in {HOME.name}/ until next time.")
        show_page(url, is_kept="--open" in sys.argv[1:])
    sys.exit(not agreed)


def build() -> Dbt:
    """Load the raw tables and build the models over them."""
    say("1. The sample: nine months of a gift wholesaler as raw tables, and dbt's models over them")
    run(sys.executable, "-m", "sample", "load", "--warehouse", str(WAREHOUSE))
    dbt = Dbt()
    # `dbt build` alone also runs the tests, as `make test` does; they show nothing here.
    dbt("build", "--exclude-resource-type", "test", "unit_test")
    return dbt


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


def second_sync(url: str, dbt: Dbt) -> bool:
    """Edit the raw tables, run dbt, and show that only those orders go."""
    say("3. A day later: one order edited, one placed, one refunded late; dbt runs again")
    before = {name: writes(url, name) for name in contracts()}
    edit()
    # The others are views, which show the new rows anyway.
    dbt("run", "--select", "config.materialized:table", "config.materialized:incremental")
    connector("sync")
    sent = {name: newly_written(url, name, before[name]) for name in before}
    expected = sorted([EDITS["edited"], EDITS["placed"], EDITS["refunded"]])
    print(f"\n  edited: {', '.join(expected)}")
    for name, orders in sent.items():
        print(f"  sent to {name}: {', '.join(orders)}")
    return compare_all(url) and all(orders == expected for orders in sent.values())


def edit() -> None:
    """Write to the raw tables as the order-management system would."""
    with duckdb.connect(str(WAREHOUSE)) as warehouse:
        sql = (Path(__file__).parent / "edits.sql").read_text(encoding="utf-8")
        for statement in duckdb.extract_statements(sql):
            warehouse.execute(statement, {name: EDITS[name] for name in statement.named_parameters})


if __name__ == "__main__":
    main()

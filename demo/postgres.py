"""Build and sync the sample in a PostgreSQL server that ends with it: `python -m demo.postgres`."""

import os
import sys
import time

import psycopg
from psycopg.conninfo import conninfo_to_dict

from connector.destinations import contracts
from demo.__main__ import CONFIG, KEYS
from demo.held import newly_written, writes
from demo.postgres_server import POSTGRES, postgres
from demo.running import HOME, Dbt, connector, local_destinations, say, tidy
from sample.postgres import load

ENDING = """\
Your own server: set PGHOST, PGUSER, PGPASSWORD, PGDATABASE, PGTZ=UTC and DBT_TARGET=postgres,
  python -m sample load --postgres postgresql:///
  dbt build
  connector sync"""

EDITED = "536365"
EDIT = """
update raw.orders set ip_address = '203.0.113.77', shipping_amount = shipping_amount + 1,
    total_amount = total_amount + 1
where order_id = %(order)s
"""


def main() -> None:
    """Start a server, build and test every model there, sync, change an order, and sync again."""
    if not POSTGRES:
        sys.exit("PostgreSQL is not installed here: there is no program `postgres`")
    began = time.monotonic()
    tidy()
    os.environ |= {
        "DBT_TARGET": "postgres",
        "DBT_TARGET_PATH": str(HOME / "target"),
        "DBT_LOG_PATH": str(HOME / "logs"),
        "PGTZ": "UTC",
        "XDG_STATE_HOME": str(HOME / "state"),
        **dict.fromkeys(KEYS, "any-key-will-do-locally"),
    }
    with postgres() as url, local_destinations() as started:
        dbt = build(url.replace("postgres:", "postgresql:", 1))
        sandbox = started()
        (HOME / "connector.yml").write_text(CONFIG.format(url=sandbox))
        say("3. The first sync: every valid order goes, every invalid one is listed")
        connector("sync", "--allow-side-effects")
        is_right = change(url, sandbox, dbt)
    say(f"Done in {time.monotonic() - began:.0f} s; the server has ended, and its rows are gone.")
    print(ENDING)
    sys.exit(not is_right)


def build(url: str) -> Dbt:
    """Load the raw tables, and let dbt build and test what is made of them."""
    place = conninfo_to_dict(url)
    os.environ |= {f"PG{key.upper()}": str(place[key]) for key in ("host", "port", "user")}
    os.environ["PGDATABASE"] = str(place["dbname"])
    say("1. The sample: nine months of a gift wholesaler as raw tables in PostgreSQL")
    load(url)
    say("2. The same models, contracts and tests as on DuckDB")
    dbt = Dbt("postgres")
    dbt("build")
    return dbt


def change(url: str, sandbox: str, dbt: Dbt) -> bool:
    """Change an order in the raw tables; return whether it alone goes to each destination."""
    say("4. One order is edited; dbt runs again")
    before = {name: writes(sandbox, name) for name in contracts()}
    with psycopg.connect(url) as connection:
        connection.execute(EDIT, {"order": EDITED})
    dbt("run")
    connector("sync")
    sent = {name: newly_written(sandbox, name, before[name]) for name in before}
    for name, orders in sent.items():
        print(f"  sent to {name}: {', '.join(orders)}")
    return all(orders == [EDITED] for orders in sent.values())


if __name__ == "__main__":
    main()

"""A small warehouse of Northbeam's views, and the connector run over it in this process."""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb

from connector.cli import run
from connector.runs.job import Job
from connector.runs.workspace import Options, configured, opened
from tests.database import database
from tests.sandbox_process import Sandbox

if TYPE_CHECKING:
    from tests.mirror import Mirror

SCHEMA = """
create table northbeam__orders (
    order_id varchar, customer_id varchar, time_of_purchase timestamptz, currency varchar,
    purchase_total decimal(18, 2), tax decimal(18, 2), shipping_cost decimal(18, 2),
    discount_codes varchar[], order_tags varchar[], customer_email varchar, customer_name varchar
);
create table northbeam__products (
    order_id varchar, _position integer, id varchar, name varchar,
    quantity integer, price decimal(18, 2)
);
create table northbeam__refunds (
    order_id varchar, _position integer, product_id varchar, quantity integer,
    refund_amount decimal(18, 2), refund_cost decimal(18, 2), refund_made_at timestamptz
);
"""
ORDERS = """
insert into northbeam__orders (
    order_id, customer_id, time_of_purchase, currency, purchase_total, tax, shipping_cost,
    discount_codes, order_tags, customer_email, customer_name
)
select 'order-' || lpad(i::varchar, 6, '0'), 'customer-' || i % 7,
    timestamptz '2026-01-01 00:00:00+00' + i * interval '1 minute',
    'GBP', 12.50, 2.00, 0.50, array[]::varchar[], array['channel:web'],
    'someone' || i || '@mail.example', 'Some One'
from generate_series($first, $last - 1) as numbers (i);
insert into northbeam__products
select 'order-' || lpad(i::varchar, 6, '0'), 1, 'tea', 'Harbor Tea', 2, 5.00
from generate_series($first, $last - 1) as numbers (i);
"""
CONFIG = """
ledger: .connector/ledger.duckdb
warehouse: {{path: oms.duckdb}}
destinations:
  northbeam:
    environment: {environment}
    url: {url}
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
{options}
"""


@dataclass(frozen=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def summary(self) -> dict[str, Any]:
        """The one destination of a `sync` or `plan` with --output json, its numbers checked."""
        assert self.out, self.err
        (summary,) = self.json()
        parts = ("unchanged", "invalid", "refused_before", "delivered", "refused", "pending")
        parts += ("not_sent", "taken_back")
        assert summary["orders"] == sum(summary[part] for part in parts), summary
        return summary

    def fails(self, code: int, *words: str) -> None:
        """Check that the command ended with `code`, said each of `words`, and showed no secret."""
        told = self.out + self.err
        assert self.code == code, told
        assert [word for word in words if word not in told] == [], told
        assert "Error: unexpected" not in told, told
        assert "planted" not in told, told


@dataclass(frozen=True)
class Shop:
    """A directory with a warehouse and a connector.yml that points to a sandbox."""

    directory: Path
    sandbox: Sandbox
    mirror: ClassVar["Mirror | None"] = None  # where runs read instead of from the file

    @property
    def warehouse(self) -> Path:
        return self.directory / "oms.duckdb"

    @property
    def ledger(self) -> Path:
        return self.directory / ".connector" / "ledger.duckdb"

    def ledger_of(self, account: str, environment: str = "local") -> Path:
        """The ledger of one account among several."""
        return self.ledger.with_name(f"ledger.{account}.{environment}.duckdb")

    @contextlib.contextmanager
    def opened(self) -> Iterator[Job]:
        """The only account, opened to be planned."""
        self._show()
        options = Options(project_dir=self.directory)
        (account,), warehouse = configured(options, [])
        with opened(account, warehouse, read_only=True) as workspace:
            yield workspace.job

    def sql(self, sql: str, **values: Any) -> list[tuple]:
        with database(self.warehouse) as connection:
            rows: list[tuple] = []
            for statement in duckdb.extract_statements(sql):
                bound = {name: values[name] for name in statement.named_parameters}
                rows = connection.execute(statement, bound).fetchall()
            return rows

    def orders(self, first: int, last: int) -> None:
        """Add orders number `first` up to `last`, without the last."""
        self.sql(ORDERS, first=first, last=last)

    @contextlib.contextmanager
    def slow_view(self) -> Iterator[None]:
        """Make a plan take seconds, however quick the machine is."""
        slow = "(select sum(hash(i)) from range(300000000) as numbers (i)) > 0"
        self.sql(
            "alter table northbeam__orders rename to quick_orders; "
            f"create view northbeam__orders as from quick_orders where {slow}"
        )
        try:
            yield
        finally:
            self.sql(
                "drop view northbeam__orders; alter table quick_orders rename to northbeam__orders"
            )

    def configure(
        self, *, url: str | None = None, environment: str | None = None, **options: Any
    ) -> None:
        """Write connector.yml; `options` are keys of the destination, such as concurrency.

        What is not on this machine is not local.
        """
        here = url is None or "//127.0.0.1" in url or "//localhost" in url
        environment = environment or ("local" if here else "uat")
        lines = "\n".join(f"    {key}: {json.dumps(value)}" for key, value in options.items())
        url = url or f"{self.sandbox.url}/v2/orders"
        (self.directory / "connector.yml").write_text(
            CONFIG.format(url=url, environment=environment, options=lines)
        )

    def write(self, text: str) -> None:
        """Write the given text to connector.yml."""
        (self.directory / "connector.yml").write_text(text)

    def run(self, *arguments: str) -> Result:
        """Run `connector` with these arguments in this process."""
        self._show()
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["--project-dir", str(self.directory), *arguments])
        return Result(code, out.getvalue(), err.getvalue())

    def start(self, *arguments: str, before: str = "") -> subprocess.Popen[str]:
        """Start `connector` as a process of its own; `before` is code that it runs first."""
        self._show()
        command = [sys.executable, "-c", f"{before}\nfrom connector.cli import main; main()"]
        return subprocess.Popen(
            [*command, "--project-dir", str(self.directory), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _show(self) -> None:
        if self.mirror:
            self.mirror.show(self.directory)

    def remembered(self, sql: str, ledger: Path | None = None) -> list[tuple]:
        """Ask the ledger, whose tables are those of `ledger/contents/tables.sql`."""
        with database(ledger or self.ledger, "ledger", read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def sync(self, *arguments: str) -> dict[str, Any]:
        """Sync and return the summary."""
        return self.run("sync", "--output", "json", *arguments).summary()

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Plan and return the summary."""
        return self.run("plan", "--output", "json", *arguments).summary()


def ended(process: subprocess.Popen[str], seconds: float = 180) -> Result:
    """Wait for a process that `start` has started, and end it if it takes too long."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Result(process.returncode, out, err)


def make_shop(directory: Path, sandbox: Sandbox, kind: type[Shop] = Shop) -> Iterator[Shop]:
    """Make the warehouse and the settings; retries are few so that tests of failures are quick."""
    shop = kind(directory, sandbox)
    shop.sql(SCHEMA)
    shop.configure(attempts=3)
    yield shop

"""The print view of Now, Runs, Errors and Data: one file to mail or to keep in CI."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from markupsafe import Markup

from connector.api.connector import Connector
from connector.api.results import Failure
from connector.page.asked import TYPES
from connector.page.known import now
from connector.page.looks import Looks
from connector.page.runs_by_day import by_day as runs_by_day
from connector.page.sums import by_day
from connector.reporting.listed_errors import Filter, Page
from connector.runs.workspace import Account, Options, accounts
from connector.web.charts import days as days_between
from connector.web.templates import STATIC, templates

PAYLOADS = 20  # orders with errors per account that are shown in full on request
KINDS = tuple(kind for kind, _ in TYPES if kind)


def report(options: Options, names: Sequence[str], *, days: int, payloads: bool) -> str:
    """Return the page of accounts with the runs of the last `days`; customer data on request only.

    Raises ConfigError or ContractError.
    """
    looks, found = Looks(options), accounts(options, names)
    first = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    runs = [run for each in found for run in looks.runs(each).value or ()]
    recent = sorted(
        (run for run in runs if run.started_at >= first),
        key=lambda run: (run.started_at, run.run_id),
        reverse=True,
    )
    styles = "\n".join(_read(name) for name in ("pico.min.css", "page.css"))
    return templates(
        Path(__file__).parent / "templates"
    )(
        "report.html",
        styles=Markup(styles),  # noqa: S704 - our own files
        now=now(),
        days=days,
        cards=[looks.card(each) for each in found],
        runs=recent[:100],
        series=runs_by_day(recent),
        places=days_between(first[:10], now()[:10]),
        errors=[_errors(looks, each) for each in found],
        data=[_data(looks.project, each) for each in found],
        payloads=[_payloads(looks, each) for each in found] if payloads else [],
    )


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _errors(looks: Looks, account: Account) -> dict[str, Any]:
    known = looks.errors(account, Filter(types=KINDS), Page(1))
    rules = known.value["rules"] if known.value else []
    return {"name": account.name, "known": known, "rules": rules}


def _data(project: Connector, account: Account) -> dict[str, Any]:
    found = project.holding([account.name]).all[0][1]
    if isinstance(found, Failure):
        return {"name": account.name, "error": str(found.exception), "held": None}
    held = found.as_dict()
    return {"name": account.name, "error": None, "held": held, **by_day(held)}


def _payloads(looks: Looks, account: Account) -> dict[str, Any]:
    """Return the first orders with errors in full."""
    known = looks.errors(account, Filter(), Page(PAYLOADS))
    ids = dict.fromkeys(each["order_id"] for each in known.value["rows"] if known.value)
    found = [looks.project.order(order_id, [account.name]).all[0][1] for order_id in ids]
    orders = [each for each in found if not isinstance(each, Failure) and each.payload]
    return {"name": account.name, "orders": orders}

"""Notes in `work` which orders a run is limited to, and checks that there are such orders."""

from typing import Any

import duckdb

from connector.exceptions import ChoiceError
from connector.ledger.ledger import Scope
from connector.plan.choice import Choice
from connector.sql import Statements, run

statement = Statements(__file__)


def choose(connection: duckdb.DuckDBPyConnection, scope: Scope, choice: Choice) -> None:
    """Fill `work.choice`, `work.chosen`, `work.repaired`, `work.records`, `work.retried`."""

    def execute(sql: str, **values: Any) -> None:
        run(connection, sql, values)

    ids = list(dict.fromkeys(choice.order_ids))
    everything, is_limited = not (ids or choice.retry), choice.limit is not None
    facts = {"is_limited": is_limited, "is_windowed": choice.window is not None}
    execute(statement("choose"), full=choice.full, everything=everything, **facts)
    execute("insert into work.chosen select unnest($ids)", ids=ids)
    if choice.repairs:
        execute("insert into work.repaired from work.chosen")
    if choice.records:
        found, records = (list(each) for each in zip(*choice.records, strict=True))
        execute(statement("records"), ids=found, records=records)
    if choice.retry:
        execute(statement("retried"), **scope.values(), everything=not ids)


def check(connection: duckdb.DuckDBPyConnection, scope: Scope, choice: Choice) -> None:
    """Raise ChoiceError for an order that is not in `work.snapshot`, or was not refused.

    A retry of all chooses what was refused, though it may be gone from the view.
    """
    if choice.lenient or not (choice.order_ids or choice.retry):
        return
    unknown = run(connection, statement("unknown"), {"retry": choice.retry}).fetchall()
    if unknown:
        where = "among the refused orders" if choice.retry else "in the view"
        order = f"{scope.destination}: order {unknown[0][0]!r}"
        raise ChoiceError(f"{order} is not {where}, so nothing was sent; check the id")
    if choice.retry and not choice.order_ids:
        connection.execute("insert into work.chosen select order_id from work.retried")

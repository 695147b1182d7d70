"""Explains why a plan sends delivered orders again, for instance after a new version or model.

Columns are compared in the sample of delivered orders that the ledger keeps. When some changed
orders are not in the sample, the numbers by reason are estimates.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from connector.compile.judging import evidence
from connector.contract.contract import Contract
from connector.contract.entity import Entity, Field
from connector.ledger.ledger import Scope
from connector.plan.choice import Plan
from connector.plan.columns import compare
from connector.sql import Statements, run

statement = Statements(__file__)

KINDS = {  # kinds of columns → what a change of one means
    "ids": "other ids or hashes",
    "status": "another status",
    "money": "other amounts or quantities",
    "values": "other values",
}
_FORM = "the same values in another form: the connector, a contract or a setting has changed"
_UNKNOWN = "changed since they were delivered; the ledger has no sample of them to say why"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some delivered orders are sent again.

    `kind` is taken_back, in_doubt, one of KINDS, rendering or unknown; several KINDS may apply to
    one order. `columns` are those that differ most often.
    """

    kind: str
    orders: int
    is_estimate: bool
    columns: tuple[str, ...]
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the reason as JSON shows it."""
        return asdict(self) | {"columns": list(self.columns)}


def reasons(
    connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope, plan: Plan
) -> list[Reason]:
    """Return why a plan sends orders again; needs the staged rows of the planned orders."""
    found = []
    if plan.taken_back:
        found.append(_exact("taken_back", plan.taken_back, "count for nothing any more"))
    if plan.changed:
        found += _of_changed(connection, contract, scope, plan.changed)
    if plan.in_doubt:
        found.append(_exact("in_doubt", plan.in_doubt, "are in doubt, as no answer is known"))
    return found


def _exact(kind: str, orders: int, words: str) -> Reason:
    return Reason(kind, orders, is_estimate=False, columns=(), message=f"{orders:,} {words}")


def _of_changed(
    connection: duckdb.DuckDBPyConnection, contract: Contract, scope: Scope, changed: int
) -> Iterator[Reason]:
    compare(connection, contract, scope)
    columns = dict(_columns(contract))
    values = {"columns": list(columns), "kinds": list(columns.values())}
    rows = run(connection, statement("reasons"), values).fetchall()
    if not rows:
        yield _exact("unknown", changed, _UNKNOWN)
    amounts = evidence.moved(contract)
    moved = run(connection, amounts, {}).fetchall()[0][0] if amounts else 0
    for kind, orders, names, sampled in rows:
        number = max(round(orders / sampled * changed), 1)
        is_estimate = sampled < changed
        about = f"{'about ' if is_estimate else ''}{number:,} of {changed:,} changed orders have"
        words = f"{KINDS[kind]}: {', '.join(names)}" if kind in KINDS else _FORM
        if kind == "money" and amounts:
            words += f"; {moved:,} have another {contract.amount}"
        yield Reason(kind, number, is_estimate, tuple(names), f"{about} {words}")


def _columns(contract: Contract) -> Iterator[tuple[str, str]]:
    """Yield each column, as named in the sample, with its kind."""
    for entity in contract.entities():
        prefix = f"{entity.label}." if entity.label else ""
        for field in entity.fields:
            yield prefix + ".".join(field.path), _kind(contract, entity, field)


def _kind(contract: Contract, entity: Entity, field: Field) -> str:
    if entity is contract.orders:
        for kind, columns in contract.tells.items():
            if field.column in columns:
                return kind
    return "money" if field.kind in ("number", "integer") else "values"

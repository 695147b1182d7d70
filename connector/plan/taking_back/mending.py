"""Mends payloads that were sent before, which no row of the views stands for any more."""

from dataclasses import replace

import duckdb

from connector.compile.judging import judge, mend
from connector.compile.rendering import parsed, render
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.plan.judging import ALL, ROUNDS, elsewhere, mendable, reset, search
from connector.settings.settings import Policy
from connector.sql import Statements, count, run

statement = Statements(__file__)


def mend_payloads(
    connection: duckdb.DuckDBPyConnection, contract: Contract, policy: Policy, table: str
) -> None:
    """Leave out of the payloads of a table of `work` what is optional and the vendor refuses.

    The table has (order_id, payload), and the checks stand in `work.checks`. What breaks a rule of
    ours alone stays: a record is voided by all that was sent of it.
    """
    reset(connection)
    for sql in parsed.tables(contract, parsed.ranked(table)):
        connection.execute(sql)
    checks, found = judge.of_rows(contract, policy)
    searches = elsewhere(found)
    for _ in range(ROUNDS):
        search(connection, "found", searches, ALL)
        run(connection, statement("amend"), {})
        numbers = mendable(connection)
        for (number,) in numbers:
            for sql in mend.statements(contract, number, checks[number]):
                run(connection, parsed.elsewhere(sql), ALL)
        connection.execute("delete from work.found")
        if not numbers:
            break
    if count(connection, "work.amended"):
        run(connection, _update(contract, policy, table), ALL)


def _update(contract: Contract, policy: Policy, table: str) -> str:
    """Return the statement that renders what was mended again, from what was sent only."""
    plain = replace(contract, orders=_plain(contract.orders))
    columns = {entity.name: entity.columns for entity in plain.entities()}
    anew = render.lenient(plain, columns, replace(policy, keeps_identity=False), "")
    return parsed.put_back(table, anew)


def _plain(entity: Entity) -> Entity:
    """Return the entity without what is put to its rows from what was sent."""
    return replace(entity, removed={}, children=tuple(map(_plain, entity.children)))

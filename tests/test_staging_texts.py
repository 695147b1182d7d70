"""Invisible characters around raw texts and identifiers change no staged value."""

import duckdb
import pytest

AROUND = "\ufeff\t", "\u200b\r\n"
RAW = "select table_name, column_name from duckdb_columns() where schema_name = 'raw'"
STAGED = "from duckdb_columns() where schema_name = 'main_staging' and table_name like 'stg_oms__%'"


@pytest.fixture
def warehouse(project):
    with duckdb.connect(project / "oms.duckdb") as connection:
        yield connection


def rows(connection, query):
    return connection.execute(query).fetchall()


def staged_texts(connection):
    """Return how many texts each staged column has, and a digest of all of them."""
    columns = rows(connection, f"select table_name, column_name {STAGED} and data_type = 'VARCHAR'")
    query = 'select count("{1}"), bit_xor(hash("{1}")) from main_staging.{0}'
    return {text: rows(connection, query.format(*text)) for text in columns}


def test_no_staged_text_depends_on_invisible_characters_around_it(warehouse):
    before = staged_texts(warehouse)
    for table, column in rows(warehouse, f"{RAW} and data_type = 'VARCHAR'"):
        change = f'update raw.{table} set "{column}" = $before || "{column}" || $after'
        warehouse.execute(change, {"before": AROUND[0], "after": AROUND[1]})
    assert ("stg_oms__customers", "email") in before
    assert staged_texts(warehouse) == before

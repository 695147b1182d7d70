"""SQL for planned engines: each engine's parser knows every word of it."""

import re

import pytest
import sqlglot
from sqlglot import expressions

from tests.dbt_project import ROOT

PAGE = (ROOT / "docs/other-warehouses.md").read_text(encoding="utf-8")
# Functions of an engine that the parser passes through without knowing them; any other that it does
# not know is misspelt.
UNKNOWN = {"snowflake": {"hash"}, "bigquery": set(), "databricks": {"xxhash64"}}
EVERY_ENGINE = "Only what differs"


def snippets(engine):
    """Return the SQL below the heading of an engine, and what is for every engine."""
    for section in PAGE.split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if heading.lower() == engine or heading == EVERY_ENGINE:
            yield from re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("engine", UNKNOWN)
def test_the_engines_parser_knows_each_statement_and_function(engine):
    found = list(snippets(engine))
    assert len(found) == 4  # settings, fingerprints, rows, differences
    trees = [tree for sql in found for tree in sqlglot.parse(sql, dialect=engine)]
    # The parser passes a command on as text, unread.
    assert not [tree for tree in trees if tree.find(expressions.Command)]
    unknown = {
        function.name.lower() for tree in trees for function in tree.find_all(expressions.Anonymous)
    }
    assert unknown == UNKNOWN[engine]


def test_every_snippet_of_the_page_is_parsed():
    parsed = {sql for engine in UNKNOWN for sql in snippets(engine)}
    assert len(parsed) == PAGE.count("```sql")


def test_a_misspelt_function_is_found():
    (tree,) = sqlglot.parse("select boolor_ag(is_gone) from seen", dialect="snowflake")
    assert [each.name for each in tree.find_all(expressions.Anonymous)] == ["boolor_ag"]

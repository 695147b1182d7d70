"""SQL of PostgreSQL over its catalogue."""

from collections.abc import Iterable

from connector.compile import literal, quote

_COLUMNS = """
with recursive base as (
    select a.attnum, a.attname, a.atttypid as type, a.atttypmod as modifier, c.relkind
    from pg_attribute as a
    inner join pg_class as c on c.oid = a.attrelid
    inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = {schema} and c.relname = {name} and c.relkind in ('r', 'v', 'm', 'p', 'f')
        and a.attnum > 0 and not a.attisdropped
    union all
    select base.attnum, base.attname, t.typbasetype,
        case when t.typtypmod < 0 then base.modifier else t.typtypmod end, base.relkind
    from base
    inner join pg_type as t on t.oid = base.type
    where t.typtype = 'd'
)
select base.attname::text, t.typname::text, t.typtype::text, base.modifier,
    coalesce(e.typname::text, ''), coalesce(e.typtype::text, ''),
    format_type(base.type, base.modifier), base.relkind::text
from base
inner join pg_type as t on t.oid = base.type and t.typtype <> 'd'
left join pg_type as e on e.oid = t.typelem and t.typcategory = 'A'
order by base.attnum
"""
_DEFINITIONS = """
with recursive used as (
    select unnest(array[{names}]::regclass[])::oid as oid
    union
    select d.refobjid
    from used
    inner join pg_rewrite as r on r.ev_class = used.oid
    inner join pg_depend as d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
        and d.refclassid = 'pg_class'::regclass
)
select coalesce(md5(string_agg(
    used.oid::regclass::text || pg_get_viewdef(used.oid), '' order by used.oid::regclass::text
)), '')
from used
inner join pg_class as c on c.oid = used.oid and c.relkind in ('v', 'm')
"""
SESSION = """
select current_setting('server_version_num')::int, current_setting('statement_timeout')
"""


def columns(schema: str, name: str) -> str:
    """Return a select of the columns of a relation, in order, with their types."""
    return _COLUMNS.format(schema=literal(schema), name=literal(name))


def definitions(places: Iterable[str]) -> str:
    """Return a select of the MD5 of the text of views, and of all views on which they are built."""
    return _DEFINITIONS.format(names=", ".join(map(literal, places)))


def exists(table: str) -> str:
    """Return a select of whether a table exists; `table` is its quoted name."""
    return f"select to_regclass({literal(table)}) is not null as found"


def deleted(table: str, keys: str, names: Iterable[str]) -> str:
    """Return the statement that deletes rows of a table that another has by some columns."""
    same = " and ".join(f"kept.{quote(name)} = keys.{quote(name)}" for name in names)
    return f"delete from {table} as kept using {keys} as keys where {same}"

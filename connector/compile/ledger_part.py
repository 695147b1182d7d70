"""SQL that copies one account's part of a whole ledger, table by table."""

from collections.abc import Sequence

from connector.compile import quote

_OWN = "destination = $account and split_part(environment, '@', 1) = $environment"


def copied(table: str, columns: Sequence[str]) -> str:
    """Return statements that replace the rows of `ledger.<table>` by the account's rows in `whole`.

    They bind `account` and `environment`. Tables that do not refer to runs are copied whole.
    """
    condition = "true"
    if "destination" in columns:
        condition = _OWN
    elif "run_id" in columns:
        condition = f"run_id in (select run_id from whole.runs where {_OWN})"
    name = quote(table)
    return (
        # Some tables are created only when they are first written.
        f"create table if not exists ledger.{name} as from whole.{name} limit 0; "
        f"delete from ledger.{name}; "
        f"insert into ledger.{name} by name from whole.{name} where {condition};"
    )

"""The errors that a page shows, as a CSV file."""

import csv
import io
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from connector.page import asked
from connector.reporting import listed_errors
from connector.reporting.listed_errors import Page
from connector.runs.workspace import Account, remembered

COLUMNS = (
    *("type", "order_id", "rule", "field", "message", "status"),
    *("run_id", "batch_id", "request_id", "at"),
)
MOST = 100_000  # rows
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(accounts: Sequence[Account], query: Mapping[str, str]) -> Response:
    """Return the errors that a query requests, up to 100,000; raises ConnectorError."""
    wanted = asked.errors(query, [each.name for each in accounts])
    account = next(each for each in accounts if each.name == wanted.account)
    with remembered(account) as connection:
        listed_errors.gather_errors(connection, account.scope, wanted.filter)
        page = Page(MOST, 0, wanted.sort or None, bool(wanted.down))
        rows = listed_errors.errors_on(connection, page)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(row[name]) for name in COLUMNS] for row in rows)
    headers = {"content-disposition": 'attachment; filename="errors.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _harmless(value: object) -> object:
    """Return a value that a spreadsheet reads as text: put an apostrophe before a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value

"""Whether the views still get what is new, judged by how long it usually takes to come.

Each run notes in its summary when the views last got something new (`newest_at`). For how long they
stayed as they were, at the longest, is what is usual; what was told as stale is not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from connector.ledger.ledger import Scope
from connector.reporting.alerts import Alert
from connector.reporting.reports import rows
from connector.sql import Statements
from connector.text.duration import lasting

statement = Statements(__file__)

_DAY = 86_400.0
KNOWN = 7 * _DAY  # the history that is long enough to know the usual interval
LEAST = {False: 3 * _DAY, True: _DAY}  # is never too long, before that and afterwards
UNSEEN = 8 * _DAY  # is too long where nothing new has ever come: a weekly load is not late
TIMES = 2  # as long as usual is too long
VIEWS = "views"


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the views at a moment.

    `after` is the setting `stale_after` in seconds, None when what is usual decides. `sources` are
    those of dbt that are late, each in words.
    """

    at: datetime
    newest_at: str | None
    after: float | None = None
    sources: Mapping[str, str] | None = None


def stale(connection: duckdb.DuckDBPyConnection, scope: Scope, look: Look) -> dict[str, str]:
    """Return what gets nothing new for too long, `views` or a source of dbt, each in words."""
    if look.after == float("inf"):
        return {}
    words = None
    if look.newest_at:
        too_long = _by_age if look.after else _by_habit
        words = too_long(connection, scope, look)
    return ({VIEWS: words} if words else {}) | dict(look.sources or {})


def alerts(name: str, found: Mapping[str, str], before: Collection[str] = ()) -> list[Alert]:
    """Return what to report as stale that was not stale before."""
    new = [words for what, words in found.items() if what not in before]
    if new:
        return [Alert("stale", f"{name}: {'; '.join(new)}; look at what loads the warehouse")]
    if before and not found:
        return [Alert("recovered", f"{name}: what is new comes into the views again")]
    return []


def _by_age(_: duckdb.DuckDBPyConnection, __: Scope, look: Look) -> str | None:
    age = look.at.timestamp() - _seconds(look)
    if look.after is None or age <= look.after:
        return None
    told = f"the views have nothing newer than {look.newest_at}, {lasting(age)} ago"
    return f"{told}; `stale_after` is {lasting(look.after)}"


def _by_habit(connection: duckdb.DuckDBPyConnection, scope: Scope, look: Look) -> str | None:
    moment = {"now": look.at.timestamp(), "newest": _seconds(look)}
    (seen,) = rows(connection, statement("newest"), **scope.values(), **moment)
    usual, held = seen["usual"], seen["held"]
    if usual is None:
        limit, told = UNSEEN, "and never did since the first run"
    else:
        limit = max(TIMES * usual, LEAST[seen["looked"] >= KNOWN])
        told = f"which usually takes {lasting(usual)} at most"
    if held <= limit:
        return None
    newest = f"the newest is of {look.newest_at}"
    return f"nothing new came into the views for {lasting(held)} ({newest}), {told}"


def _seconds(look: Look) -> float:
    return datetime.fromisoformat(look.newest_at or "").timestamp()

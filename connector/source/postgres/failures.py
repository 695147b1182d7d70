"""Says what a failure of PostgreSQL means, without values that its message may quote."""

import re

from connector.exceptions import ConnectorError, ModelError, WarehouseBusyError, WarehouseError
from connector.source.server import Server
from connector.text.visible import visible

_LONGEST = 200  # characters of a message that are shown
_BUSY = {
    "55P03": "something else holds a lock on its views, probably a dbt run",
    "40001": "the replica had to end the query to apply changes",
    "40P01": "another transaction waits for this one",
    "57P03": "it is starting or stopping",
    "53300": "it has no connection left",
}
_STATES = re.compile(r"SQLSTATE: (\w{5})")
# Messages for errors of values, whose own text may quote one.
_VALUES = {
    "22012": "division by zero",
    "22003": "a number is out of range",
    "22P02": "a text cannot be cast",
    "22007": "a text is not a valid date",
    "22008": "a date is out of range",
}
_NAMES = ("42", "0A")  # classes of SQLSTATEs whose text has only names
_DENIED = "42501"
# Texts of what has no SQLSTATE: that of a connection, and errors while rows arrive.
_TIMEOUT = "statement timeout"
_CANCELLED = "canceling statement"
_GONE = re.compile(
    r"terminating connection|server closed the connection|no connection to the server"
    r"|connection to server|could not (receive|send) data|SSL connection has been closed"
    r"|connection not open|the database system is"
)
_STARTING = "the database system is"


class UnreadableError(WarehouseError):
    """A query failed because of what it reads; reading views one by one shows which it is."""


def not_connected(server: Server, error: Exception) -> ConnectorError:
    """Return the error for a server that cannot be connected to."""
    text = str(error).rpartition("failed: ")[2] or str(error)
    message = f"{server} cannot be connected to: {_shown(text)}"
    if "too many" in text or "remaining connection slots" in text:
        return WarehouseBusyError(f"{message}; run it again, or raise the limit of connections")
    if _STARTING in text:
        return WarehouseBusyError(f"{message}; start it, or wait until it is up")
    return WarehouseError(
        f"{message}; check the server, and host, user and password of the warehouse"
    )


def failed(server: Server, error: Exception, model: str, timeout: str) -> ConnectorError:
    """Return the error for a query that failed; `model` is the one it reads, if it reads one.

    `timeout` is the statement_timeout of the session.
    """
    text = str(error)
    state = getattr(error, "sqlstate", None) or "".join(_STATES.findall(text)[:1])
    if _TIMEOUT in text or (state == "57014" and timeout != "0"):
        return WarehouseError(
            f"{server} ended a query after its statement_timeout ({timeout}); raise it for the "
            f"user: `alter role {server.user} set statement_timeout = …`; nothing was sent"
        )
    if state in _BUSY or "conflict with recovery" in text:
        why = _BUSY.get(state, _BUSY["40001"])
        return WarehouseBusyError(
            f"{server} could not be read: {why}; run it again, or raise `warehouse_wait:` in "
            "connector.yml"
        )
    if state == "57014" or _CANCELLED in text:
        return WarehouseError(f"{server}: an administrator cancelled a query; run it again")
    if state.startswith(("08", "57P", "25P03")) or _GONE.search(text):
        return WarehouseError(
            f"{server} went away while it was read; nothing was sent; run it again when it is back"
        )
    return _unreadable(server, state, text, model)


def _unreadable(server: Server, state: str, text: str, model: str) -> ConnectorError:
    what = model or str(server)
    if state == _DENIED:
        return _denied(server, _shown(text.partition("ERROR:")[2] or "permission denied"), what)
    why = _VALUES.get(state) or next((w for w in _VALUES.values() if w in text), "")
    if not why and state.startswith(_NAMES):
        why = _shown(text.partition("ERROR:")[2])
    why = why or (f"SQLSTATE {state}" if state else "an error of PostgreSQL")
    if not model:
        return UnreadableError(f"{what} cannot be read ({why}); see its log")
    return ModelError(
        f"{model} cannot be read ({why}); run `dbt build --select +{model}`, or look at it with "
        f"`dbt show --select {model}`"
    )


def _denied(server: Server, told: str, what: str) -> ModelError:
    user = server.role or server.user
    if "for database" in told:  # a schema was to be made
        advice = f"`grant create on database {server.database} to {user}`"
        return ModelError(f"{what} may not be written ({told}); run {advice}")
    advice = f"`grant select on … to {user}`, and usage on its schema"
    return ModelError(f"{what} may not be read ({told}); run {advice}")


def _shown(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return visible(line)[:_LONGEST]

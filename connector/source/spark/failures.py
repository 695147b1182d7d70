"""Says what a failure of Spark means, without values that its message may quote."""

import re

from connector.exceptions import ConnectorError, ModelError, WarehouseError
from connector.source.spark.cluster import Cluster
from connector.text.visible import visible

_LONGEST = 200  # characters of a message that are shown
_DENIED = "42501"
_NAMES = ("42", "0A")  # classes of SQLSTATEs whose text has only names
_GONE = re.compile(
    r"UNAVAILABLE|SESSION_NOT_FOUND|SESSION_CHANGED|SESSION_CLOSED|OPERATION_NOT_FOUND"
    r"|Connection (refused|reset)|[Ss]ocket closed|SparkContext was shut down"
)
_REJECTED = re.compile(r"UNAUTHENTICATED|PERMISSION_DENIED")
_STATES = re.compile(r"SQLSTATE: (\w{5})")  # of an error while rows arrive
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]")


def not_connected(cluster: Cluster, error: Exception) -> ConnectorError:
    """Return the error for a cluster that cannot be connected to."""
    text = str(error)
    if _REJECTED.search(text):
        return WarehouseError(f"{cluster} rejects user or token; correct them in the warehouse")
    why = "it does not answer" if _GONE.search(text) else _shown(text)
    return WarehouseError(
        f"{cluster} cannot be connected to: {why}; check that a Spark Connect server runs there, "
        "and host, port and token of the warehouse"
    )


def failed(cluster: Cluster, error: Exception, model: str) -> ConnectorError:
    """Return the error for a query that failed; `model` is the one it reads, if it reads one."""
    text = str(error)
    state = str(_told(error, "getSqlState") or "".join(_STATES.findall(text)[:1]))
    if _GONE.search(text) and not state.startswith(_NAMES):
        return WarehouseError(
            f"{cluster} went away while it was read; run it again when it is back"
        )
    if "OPERATION_CANCELED" in text:
        return WarehouseError(f"{cluster}: an administrator cancelled a query; run it again")
    what = model or str(cluster)
    if state == _DENIED or _REJECTED.search(text):
        return ModelError(f"{what} may not be read; run `grant select` on it for the user")
    why = _why(error, state, text)
    if not model:
        return WarehouseError(f"{what} cannot be read ({why}); see its log")
    return ModelError(
        f"{model} cannot be read ({why}); run `dbt build --select +{model}`, or look at it with "
        f"`dbt show --select {model}`"
    )


def _why(error: Exception, state: str, text: str) -> str:
    """Return the text of what has only names, else the name of the condition."""
    if state.startswith(_NAMES):
        return _shown(text)
    condition = _told(error, "getCondition") or "".join(_CONDITION.findall(text)[:1])
    return str(condition or "an error of Spark")


def _told(error: Exception, name: str) -> object:
    method = getattr(error, name, None)
    return method() if callable(method) else None


def _shown(text: str) -> str:
    return visible(text.strip().partition("\n")[0].strip())[:_LONGEST]

"""A Spark cluster that holds the views, and how to reach its Spark Connect server."""

from dataclasses import dataclass

from connector.exceptions import ConnectorError
from connector.source.server import Text, Wrong, revealed
from connector.text.secret import Secret

SPARK = "spark"
CONNECT_PORT = 15002
KEYS = ("type", "method", "host", "port", "connect_port", "user", "token", "schema", "state_schema")
# They are about dbt's own ways to Spark.
IGNORED = (
    *("threads", "cluster", "driver", "endpoint", "organization", "auth", "password"),
    *("kerberos_service_name", "connection_string_suffix", "connect_retries", "connect_timeout"),
    *("retry_all", "server_side_parameters", "query_timeout", "query_retries", "poll_interval"),
)
SWITCH = "use_ssl"
_CONNECT = ("", "connect")  # methods whose port is that of Spark Connect


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Spark Connect server; `state_schema` is where the state table lies, that of views if empty.

    `variable` names the environment variable of the token, `secret` is the token itself.
    """

    host: str
    port: int = CONNECT_PORT
    user: str = ""
    state_schema: str = ""
    is_encrypted: bool = False
    variable: str = ""
    secret: Secret | None = None

    def __str__(self) -> str:
        """Return an address without the token, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sc://{host}:{self.port}"

    def token(self) -> str:
        """Return the token, empty without one; raises ConfigError when its variable is unset."""
        return revealed(f"the token of {self}", self.variable, self.secret)


def cluster(text: Text, wrong: Wrong, *, is_encrypted: bool) -> Cluster:
    """Return the cluster that the keys of an output of dbt describe, without its token.

    dbt's own port is that of another protocol, unless the method is `connect`. `wrong` makes the
    error for a key and a problem; it is raised for a missing or invalid key.
    """
    host = text("host", "")
    if not host:
        raise wrong("host", "is missing; name the host of the Spark Connect server")
    key = "connect_port"
    if not text(key, "") and text("method", "") in _CONNECT:
        key = "port"
    return Cluster(
        host,
        _port(text(key, str(CONNECT_PORT)), wrong(key, f"must be a number such as {CONNECT_PORT}")),
        text("user", ""),
        text("state_schema", ""),
        is_encrypted,
    )


def _port(text: str, error: ConnectorError) -> int:
    if not text.isascii() or not text.isdecimal():
        raise error
    return int(text)

"""A PostgreSQL database that holds the views, and how to connect to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.exceptions import ConfigError, ConnectorError
from connector.text import variable as variables
from connector.text.secret import Secret

POSTGRES = "postgres"
PORT = 5432
ALIASES = {"pass": "password", "database": "dbname"}  # as in dbt
# Keys of dbt that libpq has under the same name.
OF_LIBPQ = ("sslmode", "sslcert", "sslkey", "sslrootcert", "connect_timeout", "keepalives_idle")
IGNORED = ("threads", "search_path", "retries", "application_name")  # they are about dbt's sessions
KEYS = ("type", "host", "port", "user", "password", "dbname", "schema", "role", *OF_LIBPQ)

Text = Callable[[str, str], str]  # the text of a key, or a default
Wrong = Callable[[str, str], ConnectorError]  # the error for a key and a problem


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a server; without a password, PGPASSWORD or PGPASSFILE apply.

    `variable` names the environment variable of the password, `secret` is the password itself.
    """

    host: str
    port: int
    user: str
    database: str
    role: str = ""
    options: Mapping[str, str] = field(default_factory=dict)  # of libpq, such as sslmode
    variable: str = ""
    secret: Secret | None = None

    def __str__(self) -> str:
        """Return an address without the password, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgres://{self.user}@{host}:{self.port}/{self.database}"

    def password(self) -> str:
        """Return the password, empty without one; raises ConfigError when its variable is unset."""
        return revealed(f"the password of {self}", self.variable, self.secret)


def revealed(what: str, variable: str, secret: Secret | None) -> str:
    """Return a secret, that of an environment variable if one is named; empty without one.

    Raises ConfigError that says what needs the variable when it is unset.
    """
    if not variable:
        return secret.reveal() if secret else ""
    if found := variables.value(variable):
        return found
    raise ConfigError(
        f"{what} needs the environment variable {variable}, which is not set; "
        f"export {variable}=… and try again"
    )


def server(text: Text, wrong: Wrong) -> Server:
    """Return the server that the keys of an output of dbt describe, without its password.

    `wrong` makes the error for a key and a problem; it is raised for a missing or invalid key.
    """
    for key in ("host", "user", "dbname"):
        if not text(key, ""):
            raise wrong(key, "is missing; add it")
    port = text("port", str(PORT))
    if not port.isascii() or not port.isdecimal():
        raise wrong("port", f"must be a number such as {PORT}")
    options = {name: found for name in OF_LIBPQ if (found := text(name, ""))}
    place = (text("host", ""), int(port), text("user", ""), text("dbname", ""))
    return Server(*place, text("role", ""), options)

"""What `warehouse:` says: a DuckDB file or a PostgreSQL database, and the schema of its views."""

from dataclasses import replace
from pathlib import Path

from connector.exceptions import ConfigError
from connector.settings.settings import VARIABLE
from connector.source.profile import no_file
from connector.source.server import ALIASES, IGNORED, KEYS, POSTGRES, Server, server
from connector.text import variable as variables
from connector.text.yaml_file import Section, read

Place = tuple[Path | Server, str]


def warehouse(settings: Section) -> Place | None:
    """Return the file or server, and the schema; None where dbt's profile names them.

    Raises ConfigError.
    """
    if settings.values.get("warehouse") is None:
        return None
    named = settings.section("warehouse")
    if named.values.get("type", "duckdb") != "duckdb":
        return _server(named)
    named.known(("type", "path", "schema"))
    named.required("path")
    path = named.text("path", "")
    if what := no_file(path):
        told = f"is {what}, and only a DuckDB file and PostgreSQL are read; name its path"
        raise named.wrong("path", told)
    return settings.path.parent / path, named.text("schema", "main")


def warehouse_of(path: Path) -> Place | None:
    """Return the same of a connector.yml that may be missing, and is read no further."""
    if not path.exists():
        return None
    return warehouse(Section(path, "", read(path, ConfigError, ""), ConfigError))


def _server(named: Section) -> Place:
    named.one_of("type", ("duckdb", POSTGRES))
    named.known((*KEYS, *ALIASES, *IGNORED))
    values = {ALIASES.get(key, key): value for key, value in named.values.items()}
    given = replace(named, values=values)

    def text(key: str, default: str) -> str:
        value = given.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return _filled(given, key, given.text(key, default))

    if not text("schema", ""):
        raise named.wrong("schema", "is missing; add it")
    found = server(text, named.wrong)
    return replace(found, variable=_password(given)), text("schema", "")


def _password(named: Section) -> str:
    """Return the variable that holds the password, an empty text without a password."""
    if "password" not in named.values:
        return ""
    variable = VARIABLE.fullmatch(str(named.values["password"]))
    if variable is None:
        hint = "keep it in the environment and write ${PGPASSWORD}"
        raise named.wrong("password", f"is a secret; {hint}")
    return variable[1]


def _filled(named: Section, key: str, text: str) -> str:
    """Return a text with its variables filled in; raises for one that is not set."""
    for name in VARIABLE.findall(text):
        if not variables.value(name):
            told = f"needs the environment variable {name}, which is not set; export {name}=…"
            raise named.wrong(key, f"{told} and try again")
    return VARIABLE.sub(lambda match: variables.value(match[1]), text)

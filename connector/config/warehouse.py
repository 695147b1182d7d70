"""What `warehouse:` says: a DuckDB file, PostgreSQL or Spark, and the schema of its views."""

from dataclasses import replace
from pathlib import Path

from connector.exceptions import ConfigError
from connector.settings.settings import VARIABLE
from connector.source.profile import no_file
from connector.source.server import ALIASES, IGNORED, KEYS, POSTGRES, Server, Text, server
from connector.source.spark import cluster as clusters
from connector.source.spark.cluster import SPARK, SWITCH, Cluster
from connector.text import variable as variables
from connector.text.yaml_file import Section, read

Place = tuple[Path | Server | Cluster, str]


def warehouse(settings: Section) -> Place | None:
    """Return the file, server or cluster, and the schema; None where dbt's profile names them.

    Raises ConfigError.
    """
    if settings.values.get("warehouse") is None:
        return None
    named = settings.section("warehouse")
    if named.values.get("type", "duckdb") != "duckdb":
        named.one_of("type", ("duckdb", POSTGRES, SPARK))
        return _cluster(named) if named.values["type"] == SPARK else _server(named)
    named.known(("type", "path", "schema"))
    named.required("path")
    path = named.text("path", "")
    if what := no_file(path):
        told = f"is {what}, and only a DuckDB file, PostgreSQL and Spark are read; name its path"
        raise named.wrong("path", told)
    return settings.path.parent / path, named.text("schema", "main")


def warehouse_of(path: Path) -> Place | None:
    """Return the same of a connector.yml that may be missing, and is read no further."""
    if not path.exists():
        return None
    return warehouse(Section(path, "", read(path, ConfigError, ""), ConfigError))


def _server(named: Section) -> Place:
    named.known((*KEYS, *ALIASES, *IGNORED))
    values = {ALIASES.get(key, key): value for key, value in named.values.items()}
    given = replace(named, values=values)
    text = _texts(given)
    found = server(text, named.wrong)
    return replace(found, variable=_secret(given, "password", "PGPASSWORD")), text("schema", "")


def _cluster(named: Section) -> Place:
    named.known((*clusters.KEYS, SWITCH, *clusters.IGNORED))
    text, is_encrypted = _texts(named), named.values.get(SWITCH) is True
    found = clusters.cluster(text, named.wrong, is_encrypted=is_encrypted)
    return replace(found, variable=_secret(named, "token", "SPARK_TOKEN")), text("schema", "")


def _texts(named: Section) -> Text:
    """Return what gives the text of a key; raises ConfigError without a schema."""

    def text(key: str, default: str) -> str:
        value = named.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return _filled(named, key, named.text(key, default))

    if not text("schema", ""):
        raise named.wrong("schema", "is missing; add it")
    return text


def _secret(named: Section, key: str, example: str) -> str:
    """Return the variable that holds a secret, an empty text without one."""
    if key not in named.values:
        return ""
    variable = VARIABLE.fullmatch(str(named.values[key]))
    if variable is None:
        hint = f"keep it in the environment and write ${{{example}}}"
        raise named.wrong(key, f"is a secret; {hint}")
    return variable[1]


def _filled(named: Section, key: str, text: str) -> str:
    """Return a text with its variables filled in; raises for one that is not set."""
    for name in VARIABLE.findall(text):
        if not variables.value(name):
            told = f"needs the environment variable {name}, which is not set; export {name}=…"
            raise named.wrong(key, f"{told} and try again")
    return VARIABLE.sub(lambda match: variables.value(match[1]), text)

"""What `warehouse:` says: a DuckDB file, and the schema of its views."""

from pathlib import Path

from connector.exceptions import ConfigError
from connector.source.profile import no_file
from connector.text.yaml_file import Section, read


def warehouse(settings: Section) -> tuple[Path, str] | None:
    """Return the file and the schema, None where dbt's profile names them; raises ConfigError."""
    if settings.values.get("warehouse") is None:
        return None
    named = settings.section("warehouse")
    named.known(("path", "schema"))
    named.required("path")
    path = named.text("path", "")
    if what := no_file(path):
        raise named.wrong("path", f"is {what}, and only a DuckDB file is read; name its path")
    return settings.path.parent / path, named.text("schema", "main")


def warehouse_of(path: Path) -> tuple[Path, str] | None:
    """Return the same of a connector.yml that may be missing, and is read no further."""
    if not path.exists():
        return None
    return warehouse(Section(path, "", read(path, ConfigError, ""), ConfigError))

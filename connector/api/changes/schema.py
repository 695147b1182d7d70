"""The JSON Schema of connector.yml, by which editors complete and check it."""

from pathlib import Path

from connector.config import schema
from connector.config.config import destinations_path
from connector.destinations import contracts
from connector.source.project import project_directory


def schema_text(project_dir: Path | str | None = None, config: Path | str = "connector.yml") -> str:
    """Return the JSON Schema of connector.yml as text, the project's own destinations included.

    Editors complete and check connector.yml by it. Raises ConfigError or ContractError.
    """
    return schema.text(contracts(own_destinations(project_dir, config)))


def own_destinations(
    project_dir: Path | str | None, config: Path | str, *, is_needed: bool = False
) -> Path | None:
    """Return the folder of the project's own destinations, None where there is no such folder.

    Raises ConfigError, also for a connector.yml that is missing but `is_needed`.
    """
    path = project_directory(Path(project_dir) if project_dir else None) / config
    return destinations_path(path) if path.exists() or is_needed else None

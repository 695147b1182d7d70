"""What `ledger:` says: a file, or the address of a store."""

from pathlib import Path

from connector.blobs.address import cache, check, is_address
from connector.config.keys import LEDGER
from connector.text.yaml_file import Section


def ledger(settings: Section) -> tuple[Path, str]:
    """Return where the ledger is, or its caches are, and the address of a store."""
    text = settings.text("ledger", LEDGER)
    if is_address(text) and (wrong := check(text)):
        raise settings.wrong("ledger", f"{wrong}; correct the address")
    return located(settings.path.parent, text)


def located(project: Path, text: str) -> tuple[Path, str]:
    """Return the same of a text, for a project in a folder."""
    if is_address(text):
        return cache(project / Path(LEDGER).parent, text), text
    return project / text, ""

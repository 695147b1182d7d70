"""A folder with a connector.yml and a ledger of its own: what `connector` works on here."""

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Measured, measure
from connector.engine.engine import MEMORY_LIMIT

CONFIG = """
memory_limit: {memory}
warehouse: {warehouse}
destinations:
  northbeam:
    environment: local
    url: {url}
    api_key: ${{NORTHBEAM_API_KEY}}
    client_id: ${{NORTHBEAM_CLIENT_ID}}
{options}"""
KEYS = {"NORTHBEAM_API_KEY": "none-is-needed", "NORTHBEAM_CLIENT_ID": "none-is-needed"}
COMMAND = (sys.executable, "-c", "from connector.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Project:
    """The folder; it is made anew, so that the ledger is empty."""

    folder: Path
    url: str
    options: str = ""  # lines of connector.yml, of the destination
    memory: str = MEMORY_LIMIT
    warehouse: str = "{path: oms.duckdb}"

    def begin(self, warehouse: Path) -> None:
        """Write the settings; nothing is remembered."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        self.configure()
        self.read(warehouse)

    def configure(self) -> None:
        """Write the settings."""
        text = CONFIG.format(
            url=self.url, options=self.options, memory=self.memory, warehouse=self.warehouse
        )
        (self.folder / "connector.yml").write_text(text, encoding="utf-8")

    def read(self, warehouse: Path) -> None:
        """Read another warehouse from now on."""
        link = self.folder / "oms.duckdb"
        link.unlink(missing_ok=True)
        link.symlink_to(warehouse.resolve())

    def run(
        self,
        *arguments: str,
        codes: tuple[int, ...] = (0,),
        command: tuple[str, ...] = COMMAND,
    ) -> Measured:
        """Run `connector` as a process of its own, which must end with one of the codes."""
        command = (*command, "--project-dir", str(self.folder), *arguments)
        # Stamps of ledgers that come and go here are none of the user's.
        environment = {**KEYS, "XDG_STATE_HOME": str(self.folder.resolve() / "state")}
        return measure(command, environment, codes, self.ledger.parent)

    def sync(self, *arguments: str) -> tuple[Measured, dict[str, Any]]:
        """Sync, and return its summary too."""
        done = self.run("sync", "--output", "json", *arguments)
        return done, json.loads(done.out)[0]

    @property
    def ledger(self) -> Path:
        """Return where the ledger is."""
        return self.folder / ".connector" / "ledger.duckdb"

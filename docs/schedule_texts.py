"""Fills in what `connector schedule` prints for each scheduler in docs/where-to-run-it.md."""

import re
from pathlib import Path

from connector.schedules import Work, cadence, text

PAGE = Path(__file__).parent / "where-to-run-it.md"
PLAN = "4/day"
BLOCK = re.compile(r"(<!-- schedule: (\w+)(?: (\S+))? -->\n\n```\w+\n).*?(?<=\n)(```\n)", re.DOTALL)
KEYS = ("NORTHBEAM_API_KEY", "NORTHBEAM_CLIENT_ID")


def filled(page: str) -> str:
    """Return the page with the text of each scheduler that it names, and its ledger's address."""
    return BLOCK.sub(lambda found: f"{found[1]}{_text(found[2], found[3] or '')}{found[4]}", page)


def blocks(page: str) -> dict[str, str]:
    """Return the texts on the page by the name of the scheduler."""
    return {found[2]: found[0][len(found[1]) : -len(found[4])] for found in BLOCK.finditer(page)}


def _text(scheduler: str, store: str) -> str:
    """Return the text for Northbeam in a project at /srv/orders."""
    work = Work(
        connector="/opt/connector/bin/connector",
        options=(),
        project_dir=Path("/srv/orders"),
        destinations=("northbeam",),
        nightly=("northbeam",),
        flags=("--build",),
        variables=KEYS,
        store=store,
        has_health=True,
    )
    return text(scheduler, PLAN, cadence(PLAN), work).rstrip("\n") + "\n"

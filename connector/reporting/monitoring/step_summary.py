"""Adds what a run did to the summary that GitHub shows beside the steps of a job."""

import logging
from collections.abc import Sequence
from pathlib import Path

from connector.reporting.monitoring.run_report import RunReport

VARIABLE = "GITHUB_STEP_SUMMARY"  # the file, as GitHub's runners name it

log = logging.getLogger(__name__)


def add(path: Path, told: Sequence[RunReport]) -> None:
    """Append a section for each destination; a file that cannot be written fails no run."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.writelines(map(_section, told))
    except OSError as error:
        log.warning("%s: no summary was written (%s)", VARIABLE, error.strerror)


def _section(told: RunReport) -> str:
    """Return the same words as a webhook gets, as text that Markdown leaves alone."""
    first, *others = told.text().splitlines()
    lines = "".join(f"    {line}\n" for line in others)
    return f"### {_plain(first)}\n\n{lines}\n"


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("`", "'")

"""Lays out the pages of the site: `python -m docs.site FOLDER`, before Zensical builds them.

The site has the pages of this folder, the README as its first page, and two references that are
made here: the command line's from Click, the configuration's from its schema.
"""

import re
import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from connector.destinations import contracts
from docs import command_line, configuration

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
# Pages that stand elsewhere in the repository, and what they are called on the site.
BESIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}


def sources() -> dict[Path, Path]:
    """Return the page on the site of each Markdown file, both relative to their folders."""
    pages = {path: path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    return pages | {ROOT / name: Path(page) for name, page in BESIDE.items()}


def lay_out(folder: Path) -> None:
    """Write every page of the site into `folder`, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    pages, home = sources(), repository()
    texts = {page: _moved(path, pages, home) for path, page in pages.items()}
    texts[Path("reference/command-line.md")] = command_line.page()
    texts[Path("reference/configuration.md")] = configuration.page(contracts())
    for page, text in texts.items():
        target = folder / page
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _moved(path: Path, pages: Mapping[Path, Path], home: str) -> str:
    """Return the text of a page, whose links lead to pages of the site or to the repository."""

    def link(found: re.Match[str]) -> str:
        label, target = found.groups()
        address, mark, anchor = target.partition("#")
        if not address or ":" in address:
            return found[0]
        aim = (path.parent / address).resolve()
        if aim in pages:
            return f"[{label}]({_relative(pages[path], pages[aim])}{mark}{anchor})"
        where = aim.relative_to(ROOT).as_posix()
        return f"[{label}]({home}/blob/main/{where})" if home else label

    return LINK.sub(link, path.read_text(encoding="utf-8"))


def _relative(page: Path, aim: Path) -> str:
    return "../" * (len(page.parts) - 1) + aim.as_posix()


def repository() -> str:
    """Return the address of the repository, as pyproject.toml has it, or an empty text."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address: str = project.get("urls", {}).get("Repository", "")
    return address.rstrip("/")


if __name__ == "__main__":
    lay_out(Path(sys.argv[1]))

"""The site: every page is in the menu, every link works, every command and key is described."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from connector.cli.group import COMMANDS
from docs import site

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder in which the site was built."""
    folder = tmp_path_factory.mktemp("site")
    site.lay_out(folder)
    return folder


def listed(entries):
    """Yield the pages of a navigation, in their order."""
    for entry in entries:
        for below in entry.values():
            if isinstance(below, str):
                yield below
            else:
                yield from listed(below)


def test_each_page_has_its_place_in_the_navigation(pages):
    project = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]
    found = {path.relative_to(pages).as_posix() for path in pages.rglob("*.md")}
    places = list(listed(project["nav"]))
    assert sorted(places) == sorted(found)


def test_each_link_leads_to_a_page_of_the_site(pages):
    broken = []
    for path in pages.rglob("*.md"):
        for _, target in site.LINK.findall(path.read_text()):
            address = target.partition("#")[0]
            if address and ":" not in address and not (path.parent / address).exists():
                broken.append((path.name, target))
    assert broken == []


def test_the_reference_has_each_command_with_its_options(pages):
    text = (pages / "reference/command-line.md").read_text()
    assert re.findall(r"^## connector (\w+)$", text, re.MULTILINE) == list(COMMANDS)
    sync = text.partition("## connector sync\n")[2].partition("\n## ")[0]
    assert "| `--jobs INTEGER RANGE` |" in sync
    assert "```sh\nconnector sync northbeam\n" in sync


def test_the_reference_has_each_key_of_the_configuration(pages):
    text = (pages / "reference/configuration.md").read_text()
    document = json.loads((ROOT / "connector.schema.json").read_text())
    keys = document["properties"].keys() - {"destinations"}
    for part in document["definitions"].values():
        keys |= part["properties"].keys()
    assert [key for key in sorted(keys) if f"| `{key}` |" not in text] == []

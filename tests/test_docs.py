"""The documentation is tested: its lists are complete, and its examples run."""

import ast
import json
import re
import shlex
import shutil
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from click.testing import CliRunner

from connector.cli import COMMANDS, connector
from connector.config.config import load
from connector.config.keys import of_account, of_file
from connector.destinations import contracts
from connector.exceptions import ConnectorError, InterruptedRunError
from connector.reporting.monitoring.run_report import MEANINGS
from connector.runs.summary import Summary
from connector.settings.settings import Delivery, Guards
from tests.sandbox_process import Sandbox
from tests.shop import Shop

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert f"`connector {name}" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_has_a_help_text(name):
    command = connector.get_command(None, name)
    assert all(option.help for option in command.params if option.param_type_name == "option")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name):
    shown = CliRunner().invoke(connector, [name, "--help"]).output
    assert f"connector {name}" in shown.partition("\n")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_of_a_command_what_its_own_help_says(name):
    assert name in CliRunner().invoke(connector, ["--help"]).output


def test_every_key_of_connector_yml_is_shown():
    keys = {*of_file({}), *(key for each in contracts().values() for key in of_account(each))}
    text = "\n".join(blocks("yaml"))
    assert [key for key in keys if not re.search(rf"^[ #]*{key}:", text, flags=re.MULTILINE)] == []


def test_the_tables_of_rooms_say_of_each_what_its_own_docstring_says():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `((?!models/)[a-z_/]+)` \| (.+) \|$", text, flags=re.MULTILINE))
    house = ROOT / "connector"
    found = [path.parent for path in house.rglob("*/__init__.py")]
    # The docs of the destinations describe the folders of destinations.
    rooms = [room for room in found if room.parent.name != "destinations"]
    assert told == {
        room.relative_to(house).as_posix(): first_sentence(room / "__init__.py") for room in rooms
    }


def test_the_picture_of_the_rooms_has_the_layers_of_the_import_check():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"^```\n(cli → .*?)```", text, flags=re.MULTILINE | re.DOTALL)
    shown = [re.findall(r"[a-z]+", layer) for layer in picture.split("→")]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    held = [re.findall(r"[a-z]+", layer) for layer in layers]
    assert shown == [[name for name in names if name != "answer"] for names in held]


def first_sentence(module: Path) -> str:
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return " ".join(text.partition("\n\n")[0].split())


@pytest.mark.parametrize("option", [*fields(Delivery), *fields(Guards)], ids=lambda each: each.name)
def test_every_setting_is_documented_with_its_default(option):
    value = f"{option.default:g}"
    assert re.search(rf"^ +{option.name}: {value} +#", README, flags=re.MULTILINE)


@pytest.mark.parametrize("destination", contracts().values(), ids=contracts())
def test_every_setting_of_a_destination_is_documented(destination):
    for name in destination.settings:
        assert re.search(rf"^    {name}: \S", README, flags=re.MULTILINE)


def test_the_configuration_of_the_readme_is_valid(tmp_path):
    path = tmp_path / "connector.yml"
    path.write_text(blocks("yaml")[0])
    config = load(path, contracts())
    assert config.destinations["northbeam"].delivery == Delivery()
    assert config.destinations["northbeam"].guards == Guards()


def test_the_configuration_of_the_repository_is_valid():
    assert load(ROOT / "connector.yml", contracts()).destinations


def test_the_json_of_the_readme_has_the_keys_of_a_summary():
    (example,) = json.loads(blocks("json")[0])
    assert list(example) == [each.name for each in fields(Summary)]


def exit_codes() -> set[int]:
    kinds = [ConnectorError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    codes = {kind.exit_code for kind in kinds if kind is not InterruptedRunError}
    signals = {InterruptedRunError("", number).exit_code for number in (2, 15)}
    return codes | signals | {0, 1}


@pytest.mark.parametrize("document", [README, OPERATIONS], ids=["README", "operations"])
def test_every_exit_code_is_documented(document):
    table = document.partition("| exit |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| ([\d, ]+) \|", table, flags=re.MULTILINE)
    assert {int(code) for row in rows for code in row.split(",")} == exit_codes()


def test_a_webhook_says_what_every_exit_code_means():
    assert set(MEANINGS) == exit_codes()


@pytest.mark.parametrize("target", ["demo", "month", "test", "help", "install"])
def test_the_makefile_has_the_targets_of_the_readme(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert f"make {target}" in README


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    stripped = [line.partition("#")[0].strip() for line in lines]
    return [line for line in stripped if line.startswith("connector ")]


def calls() -> list[str]:
    """The README's requests to the sandbox, by curl; their comments say what is answered."""
    lines = [line for block in blocks("console") for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ curl ")]


def check_calls(sandbox: Sandbox) -> None:
    """Run each line as it stands in a shell, but for the address of the sandbox."""
    place = sandbox.url.partition("//")[2]
    assert len(calls()) > 5
    for line in calls():
        command = line.replace("curl -s", "curl -s --fail").replace("127.0.0.1:8710", place)
        ended = subprocess.run(command, shell=True, check=False, capture_output=True, text=True)  # noqa: S602
        assert ended.returncode == 0, (line, ended)
        for answer in ended.stdout.splitlines():
            assert json.loads(answer), (line, ended)
        assert ended.stdout or "-X" in line, line


@pytest.mark.untraced
def test_the_examples_of_the_readme_run(project, sandbox):
    """One after the other, on the built sample; some orders are invalid, hence exit code 1."""
    shop = Shop(project, sandbox)
    settings = yaml.safe_load((ROOT / "connector.yml").read_text())
    for name, contract in contracts().items():
        path = urlsplit(contract.environments["local"]).path
        settings["destinations"][name]["url"] = sandbox.url + path
    (project / "connector.yml").write_text(yaml.safe_dump(settings))
    told = {}
    for command in commands():
        if command != "connector sandbox":
            result = shop.run(*shlex.split(command)[1:])
            assert result.code in (0, 1), command + result.err
            assert result.out, command
            told[command] = result.out
    check_first_week(told)
    assert [each["requests"] for each in shop.run("sync", "--output", "json").json()] == [
        0,
        0,
        0,
        0,
    ]
    if shutil.which("curl"):
        check_calls(sandbox)


def check_first_week(told: dict[str, str]) -> None:
    """Compare the counts and sizes in the guide with the real output."""
    week = OPERATIONS.partition("## A first week")[2].partition("\n## ")[0]
    for command in ("connector plan northbeam", "connector sync --allow-side-effects"):
        shown = week.partition(f"$ {command}\n")[2].partition("\n$ ")[0].partition("\n```")[0]
        lines = [" ".join(line.split()) for line in told[command].splitlines()]
        for line in shown.splitlines():
            count = re.sub(r", [\d.]+ s, .*", ",", " ".join(line.split()))
            if not count.startswith("recovered"):
                assert any(each.startswith(count) for each in lines), count
    (unheld,) = re.findall(r"^  pending +([\d,]+)   go with the next run", week, re.MULTILINE)
    (sent,) = re.findall(r"to send +([\d,]+)   .* new: ", week)
    assert number(unheld) == number(sent) - 500


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_paths_of_the_documents_exist(document):
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    paths = re.findall(r"`((?:docs|models|sample|connector|tests)/[\w./-]+)`", text)
    for link in links:
        assert (document.parent / link).exists(), link
    for path in paths:
        assert (ROOT / path).exists(), path

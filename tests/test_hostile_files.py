"""Malicious files in a project end with a clear error, at once."""

import copy
import itertools
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from connector.contract.contract import load
from connector.destinations import contracts
from connector.exceptions import ConfigError, ConnectorError, ProjectError
from connector.source.profile import target_of
from connector.text.yaml_file import read
from tests.sandbox_process import Sandbox

NAMES = "abcdefghi"
BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in itertools.pairwise(NAMES)
)
HOSTILE = {
    "aliases": BOMB,
    "itself": "a: &a [*a]",
    "keys": "".join(f"key_{number}: 1\n" for number in range(20_000)),
    "depth": f"a: {'[' * 500}{']' * 500}",
    "bytes": "a: " + "x" * 3_000_000,
    "date": "a: 2024-99-99",
    "digits": "a: " + "9" * 5_000,
    "bytes that are no text": "a: \udcff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_says_more_than_a_person_writes_is_refused_at_once(tmp_path, text):
    path = tmp_path / "connector.yml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    began = time.thread_time()
    with pytest.raises(ConfigError, match=r"connector\.yml"):
        read(path, ConfigError, "write it")
    assert time.thread_time() - began < 3


TEMPLATES = [
    "{{ 'x' * 1000000000 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ '%1000000000d' | format(1) }}",
    "{{ 'x' | center(1000000000) }}",
    "{{ lipsum(n=1000000) }}",
    "{{ range(100000) | join('x' * 100000) }}",
    "{{ ''.__class__.__mro__ }}",
    "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}",
    "{{" + "(" * 900 + "1" + ")" * 900 + "}}",
    "{{ env_var('HOME') }}" * 1_000,
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_that_does_more_than_fill_in_variables_is_refused_at_once(tmp_path, template):
    output = {"type": "duckdb", "path": template}
    profiles = {"shop": {"target": "dev", "outputs": {"dev": output}}}
    (tmp_path / "profiles.yml").write_text(yaml.safe_dump(profiles))
    began = time.thread_time()
    with pytest.raises(ProjectError, match=r"profiles\.yml"):
        target_of({"profile": "shop"}, tmp_path, tmp_path, None)
    assert time.thread_time() - began < 1


# Contracts of one's own.


JUNK = (
    *(None, True, -1, 0, 1e308, "", "x", "'; drop table x --", "{0}{1.__class__}"),
    *([], [[]], {}, {"x": {}}, [None]),
)
CHANGES = 40


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of each value within a document."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from places(each, (*path, key))


def changed(document: Any, draw: random.Random) -> Any:
    """A copy in which one value is replaced or removed."""
    found = copy.deepcopy(document)
    *way, last = draw.choice(list(places(found)))
    there = found
    for key in way:
        there = there[key]
    if draw.random() < 0.2:
        del there[last]
    else:
        there[last] = draw.choice(JUNK)
    return found


@pytest.mark.parametrize("name", ["northbeam", "triple_whale", "yespo"])
def test_a_contract_that_is_not_one_is_told_as_that(tmp_path, name):
    """Copies with one value replaced or removed each; a seed makes them repeatable."""
    draw = random.Random(18)
    document = yaml.safe_load(contracts()[name].path.read_text())
    path = tmp_path / "contract.yml"
    surprises = []
    for _ in range(CHANGES):
        hostile = changed(document, draw)
        path.write_text(yaml.dump(hostile, Dumper=yaml.CSafeDumper))
        try:
            load(path)
        except ConnectorError as error:
            assert str(path) in str(error)  # noqa: PT017 - most of them raise, and some do not
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            surprises.append(f"{type(error).__name__}: {error}")
    assert not surprises, (len(surprises), sorted(set(surprises))[:10])


# Pages in the operator's browser.


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "text/plain;charset=UTF-8"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
@pytest.mark.parametrize("path", ["/v2/orders", "/sandbox/reset", "/sandbox/poison"])
def test_a_web_page_reaches_no_sandbox(sandbox: Sandbox, headers, status, path):
    answer = requests.post(f"{sandbox.url}{path}", b"[]", headers=headers, timeout=20)
    assert answer.status_code == status
    assert sandbox.counts()["requests"] == 0


def test_a_page_of_the_sandbox_itself_may_ask(sandbox: Sandbox):
    headers = {"Origin": sandbox.url, "Host": sandbox.url.removeprefix("http://")}
    assert requests.get(f"{sandbox.url}/sandbox/counts", headers=headers, timeout=20).ok


def test_a_sandbox_that_others_can_reach_says_so(tmp_path: Path):
    command = [sys.executable, "-c", "from connector.cli import main; main()", "sandbox"]
    options = ["--host", "0.0.0.0", "--port", "0"]  # noqa: S104 - that is what is warned of
    with subprocess.Popen(
        [*command, *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout.readline().startswith("sandbox ready")
        process.terminate()
        _, told = process.communicate(timeout=20)
    assert "warning: whoever reaches 0.0.0.0" in told

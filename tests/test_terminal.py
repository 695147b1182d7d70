"""A terminal shows bars, tables and colours; a pipe, CI and NO_COLOR get plain, whole lines."""

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from connector.cli import COMMANDS, connector
from connector.cli.output.terminal import print_rows
from tests.shop import Shop
from tests.test_commands import _read as read_terminal

pytestmark = pytest.mark.measured

PROGRAM = [sys.executable, "-m", "connector"]
LONG = "order-" + "long" * 30


def shown(shop: Shop, *arguments: str, **environment: str) -> str:
    """What a terminal of 80 columns shows of a command."""
    master, slave = pty.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "CI": "", **environment}
    command = [*PROGRAM, "--project-dir", str(shop.directory), *arguments]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=variables):
        os.close(slave)
        return read_terminal(master).decode()


def plain(text: str) -> str:
    """A text without the codes for colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", text).replace("\r", "")


@pytest.fixture
def refusing(shop: Shop) -> Shop:
    """A shop with an order that is invalid, whose id is wider than a terminal."""
    shop.orders(0, 3)
    shop.sql(
        f"update northbeam__orders set order_id = '{LONG}', currency = 'XXX'"
        " where order_id = 'order-000001';"
        f"update northbeam__products set order_id = '{LONG}' where order_id = 'order-000001'"
    )
    shop.sync()
    return shop


def test_a_table_is_fitted_to_the_terminal(refusing):
    lines = plain(shown(refusing, "runs", COLUMNS="240")).splitlines()
    assert max(map(len, lines)) <= 240
    assert any("─" in line for line in lines)


def test_a_table_that_is_too_wide_is_shown_a_line_a_value(refusing):
    lines = plain(shown(refusing, "errors")).splitlines()
    assert any(re.fullmatch(rf"order_id +{LONG}", line) for line in lines), lines
    assert any(re.fullmatch(r"rule +currency\.enum", line) for line in lines)
    assert not [line for line in lines if re.fullmatch(r"\w+ *", line)]  # nothing without a value


def test_a_listing_of_all_errors_goes_through_a_pager(refusing, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\nexec sed 's/^/paged /'\n")
    pager.chmod(0o700)
    lines = plain(shown(refusing, "errors", "--all", PAGER=str(pager))).splitlines()
    assert any(re.fullmatch(rf"paged order_id +{LONG}", line) for line in lines), lines
    assert "paged" not in plain(shown(refusing, "errors", PAGER=str(pager)))


def test_a_wide_column_is_folded_and_loses_nothing(capsys, monkeypatch):
    monkeypatch.setattr("connector.cli.output.terminal.is_animated", lambda _: True)
    monkeypatch.setenv("COLUMNS", "60")
    print_rows(["id", "reason", "none"], [["1", "[red] " + "why " * 40, ""], ["2", "", ""]])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 60
    assert sum(line.count("why") for line in lines) == 40
    assert "[red]" in lines[3] + lines[2]
    assert "none" not in lines[1] + lines[0]


def test_a_pipe_gets_one_whole_line_an_order(refusing):
    out = refusing.run("errors").out
    assert any(LONG in line and "currency" in line for line in out.splitlines())
    assert "\x1b" not in out


def test_a_terminal_gets_colours(shop):
    assert "\x1b[32m✓" in shown(shop, "doctor")


@pytest.mark.parametrize("arguments", [["doctor"], ["sync"]])
def test_no_color_means_no_colours(refusing, arguments):
    text = shown(refusing, *arguments, NO_COLOR="1")
    assert not [code for code in ("\x1b[3", "\x1b[9") if code in text], text


def test_ci_gets_lines_instead_of_a_bar(shop):
    shop.orders(0, 3)
    text = shown(shop, "sync", CI="true")
    assert "northbeam: reading the views\r\n" in text
    assert "\x1b" not in text


def test_a_plain_terminal_gets_lines_instead_of_a_bar(shop):
    shop.orders(0, 3)
    assert "\x1b" not in shown(shop, "sync", TERM="dumb")


# Completion


def completed(shop: Shop, *words: str) -> list[str]:
    """The completions that a shell offers after these words, the last of which is unfinished."""
    asked = BashComplete(connector, {}, "connector", "_CONNECTOR_COMPLETE")
    before = ["--project-dir", str(shop.directory), *words[:-1]]
    return [item.value for item in asked.get_completions(before, words[-1])]


def test_a_shell_is_answered_through_the_environment(shop):
    asked = {"_CONNECTOR_COMPLETE": "bash_complete", "COMP_WORDS": "connector sync n"}
    done = subprocess.run(
        PROGRAM,
        env={**os.environ, **asked, "COMP_CWORD": "2"},
        cwd=shop.directory,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "plain,northbeam\n"


def test_commands_options_and_destinations_are_completed(shop):
    assert completed(shop, "") == list(COMMANDS)
    assert completed(shop, "s") == [name for name in COMMANDS if name.startswith("s")]
    assert completed(shop, "sync", "nor") == ["northbeam"]
    assert completed(shop, "backfill", "nor") == ["northbeam"]
    assert completed(shop, "runs", "--destination", "nor") == ["northbeam"]
    assert completed(shop, "sync", "--bu") == ["--build"]
    assert completed(shop, "sync", "--environment", "prod") == ["production"]
    assert completed(shop, "--prof") == ["--profiles-dir"]


def test_a_folder_without_settings_completes_no_destination(shop):
    (shop.directory / "connector.yml").write_text("not: [valid")
    assert completed(shop, "sync", "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_for_the_shell_that_is_asked_for(shop, shell):
    result = shop.run("completion", shell)
    assert result.code == 0
    assert f"_CONNECTOR_COMPLETE={shell}_complete" in result.out


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_takes_the_script(shop, tmp_path):
    script = Path(tmp_path / "completion.sh")
    script.write_text(shop.run("completion", "bash").out)
    asked = f"source {script} && complete -p connector"
    done = subprocess.run(
        [shutil.which("bash"), "--norc", "-c", asked], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "_connector_completion" in done.stdout


def test_an_unknown_shell_is_told_which_are_known(shop):
    shop.run("completion", "tcsh").fails(2, "bash", "zsh", "fish")


COLUMNS = ("run_id", "destination", "environment", "what went wrong")
UNREACHED = "and could not be reached"
ROWS = [
    [
        "7",
        "northbeam",
        "local@127.0.0.1:8710",
        "northbeam answered with 503 and could not be reached",
    ],
    ["6", "yespo", "production", ""],
]
SNAPSHOTS = {
    60: """\
run_id            7
destination       northbeam
environment       local@127.0.0.1:8710
what went wrong   northbeam answered with 503 and could not
                  be reached

run_id            6
destination       yespo
environment       production""",
    80: f"""\
run_id  destination  environment           what went wrong
{"─" * 80}
     7  northbeam    local@127.0.0.1:8710  northbeam answered with 503 and could
                                           not be reached
     6  yespo        production""",
    120: f"""\
run_id  destination  environment           what went wrong
{"─" * 95}
     7  northbeam    local@127.0.0.1:8710  northbeam answered with 503 and could not be reached
     6  yespo        production""",
}


def table(columns: int, monkeypatch, capsys) -> str:
    monkeypatch.setattr("connector.cli.output.terminal.is_animated", lambda _: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    print_rows(COLUMNS, ROWS)
    lines = plain(capsys.readouterr().out).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


@pytest.mark.parametrize("columns", SNAPSHOTS)
def test_a_table_looks_as_it_should(columns, monkeypatch, capsys):
    assert table(columns, monkeypatch, capsys) == SNAPSHOTS[columns]


@pytest.mark.parametrize("columns", range(60, 201, 20))
def test_no_table_breaks_a_word(columns, monkeypatch, capsys):
    told = table(columns, monkeypatch, capsys)
    words = {word for row in ROWS for text in row for word in text.split()}
    assert words <= set(told.split())
    assert max(map(len, told.splitlines())) <= max(columns, 70)


def test_many_errors_are_told_by_rule(shop):
    shop.orders(0, 30)
    shop.sql("update northbeam__orders set currency = 'dollar' where order_id < 'order-000025'")
    shop.sync()
    told = shop.run("errors").out
    assert "northbeam · invalid · currency.enum: 25 orders\n" in told
    assert "for example order-000000, order-000001, order-000002\n" in told
    assert "order-000003" not in told
    assert told.endswith("`connector errors northbeam --all` lists each order\n")
    assert shop.run("errors", "--all").out.count("order-0000") == 25
    assert shop.run("errors", "--limit", "21").out.count("order-0000") == 21
    assert shop.run("errors", "--output", "csv").out.count("order-0000") == 25
    narrow = plain(shown(shop, "errors", COLUMNS="60"))
    assert max(map(len, narrow.splitlines())) <= 60

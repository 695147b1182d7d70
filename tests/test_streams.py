"""Exit codes are the same for all streams, and nothing waits for input on a terminal."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time

import pytest

from connector.cli import shared
from connector.cli.output import terminal
from connector.text import log
from connector.text.visible import visible
from tests.shop import Shop, ended

pytestmark = pytest.mark.untraced

MAIN = "from connector.cli import main; main()"
ORDERS = 20
ACTING = "\x1b]52;c;aGk=\x07 \x9b31m \u202e \x00 \r\n \u2028 \u200b \U000e0041"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.orders(0, ORDERS)
    return shop


def in_a_shell(shop: Shop, arguments: str, **env: str) -> subprocess.CompletedProcess:
    command = f"{sys.executable} -c '{MAIN}' --project-dir '{shop.directory}' {arguments}"
    return subprocess.run(
        ["/bin/bash", "-c", command], capture_output=True, env={**os.environ, **env}, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.measured
@pytest.mark.parametrize(
    "streams",
    [">&-", "2>&-", ">/dev/full 2>&1", "2>&1 | true"],
)
def test_what_is_sent_and_the_exit_code_do_not_depend_on_the_streams(shop, streams):
    """Also for a pipe whose reader has gone; the log is as long as it can be."""
    result = in_a_shell(shop, f"-vv sync {streams}; exit ${{PIPESTATUS[0]}}")
    assert result.returncode == 0, result
    assert shop.sandbox.counts()["orders"] == ORDERS
    assert b"Traceback" not in result.stdout + result.stderr


def test_an_invalid_order_is_1_though_nobody_can_be_told(shop):
    shop.sql("update northbeam__orders set currency = 'XXX' where order_id = 'order-000000'")
    result = in_a_shell(shop, "sync >/dev/full")
    assert result.returncode == 1
    assert b"could be written to stdout (No space left on device)" in result.stderr


def test_a_report_that_cannot_be_written_is_an_error(shop):
    """It ends with 2, as nothing was sent; a reader that stops early is not an error."""
    result = in_a_shell(shop, "plan >/dev/full")
    assert (result.returncode, b"Error: not all of the results" in result.stderr) == (2, True)
    assert in_a_shell(shop, "validate --output csv | true; exit ${PIPESTATUS[0]}").returncode == 0


def test_a_terminal_without_a_letter_shows_its_code(shop):
    """For any command; the encoding with the fewest letters stands for all encodings."""
    for entity in ("orders", "products"):
        shop.sql(f"update northbeam__{entity} set order_id = 'café-\u2603' || order_id")
    shop.sql("update northbeam__orders set currency = 'XXX'")
    commands = [(each, "ascii") for each in ("sync", "errors", "doctor")]
    for command, encoding in [*commands, ("errors", "cp1252")]:
        result = in_a_shell(shop, command, PYTHONIOENCODING=encoding)
        assert result.returncode in {0, 1}, result
        assert b"Traceback" not in result.stderr


def test_no_file_gets_the_number_of_a_closed_stream(shop):
    """A library that writes to stdout would write into the ledger."""
    assert in_a_shell(shop, "sync >&- 2>&- <&-").returncode == 0
    assert shop.run("status", "--output", "json").json()[0]["delivered"] == ORDERS


IMPORTING = """
import builtins, os, signal
real = builtins.__import__

def interrupted(name, *arguments, **named):
    if name == {name!r}:
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *arguments, **named)

builtins.__import__ = interrupted
from connector.cli import main
main()
"""


@pytest.mark.parametrize(
    "name",
    [
        "connector.cli.output.streams",
        "click",
        "connector.cli.group",
        "duckdb",
        "connector.plan.plan",
    ],
)
def test_ctrl_c_while_the_program_is_loaded_is_130_without_a_traceback(shop, name):
    program = [sys.executable, "-c", IMPORTING.format(name=name)]
    command = [*program, "--project-dir", str(shop.directory), "plan"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    # What a command was to write begins on a line of its own.
    assert (result.returncode, result.stderr.lstrip("\n")) == (130, "interrupted\n")


@pytest.mark.parametrize("command", ["validate", "backfill northbeam --dry-run", "sync"])
def test_ctrl_c_while_the_views_are_read_is_130(shop, command):
    with shop.slow_view():
        process = shop.start(*command.split())
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        ended(process).fails(130, "interrupted")


# Foreign text.


def test_nothing_that_acts_is_left_of_a_text():
    shown = visible(ACTING)
    assert shown == json.dumps(ACTING)[1:-1]
    assert visible("café ☃ 👩 \U0001f600") == "café ☃ 👩 \U0001f600"


def test_a_report_shows_foreign_text_in_one_harmless_line(shop):
    for entity in ("orders", "products"):
        shop.sql(f"update northbeam__{entity} set order_id = $id || order_id", id=ACTING)
    shop.sql("update northbeam__orders set currency = 'XXX'")
    assert shop.run("sync").code == 1
    assert "\\u001b" in shop.run("errors").out
    for command in ("errors", "validate", "validate --output json", "show x", "plan", "sync"):
        result = shop.run(*command.split())
        acting = set("\x1b\x9b\x07\x00\u202e\u2028\u200b\r") & set(result.out + result.err)
        assert not acting, (command, acting)


def test_a_log_shows_foreign_text_in_one_harmless_line(capsys):
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        for log_format in ("text", "json"):
            log.configure(0, log_format)
            logging.getLogger("x").warning("said %s", ACTING, extra={"fact": ACTING})
            told = capsys.readouterr().err
            assert told.count("\n") == 1
            assert told.isascii()
            assert (
                not set(told[:-1])
                & set(ACTING.replace(" ", "").replace("A", ""))
                & set("\x1b\x9b\x07\x00\r\n")
            )
    finally:
        logging.getLogger().handlers[:], _ = before
        logging.getLogger().setLevel(before[1])


def test_a_csv_is_as_it_is_in_a_file_and_harmless_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shown in ((io.StringIO(), "\x1b[31m"), (Terminal(), "\\u001b[31m")):
        monkeypatch.setattr(sys, "stdout", stream)
        shared.print_table([{"order_id": "\x1b[31m"}], ["order_id"], "csv")
        assert stream.getvalue() == f"order_id\r\n{shown}\r\n"


def test_an_error_is_told_in_one_line(capsys):
    terminal.tell_error(RuntimeError("planted"))
    told = capsys.readouterr().err
    assert "unexpected builtins.RuntimeError" in told
    assert "planted" not in told

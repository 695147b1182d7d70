"""The image: its steps without a daemon, and a run that can write only to its volumes."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
USER = 10001
TMP, OTHER = "/tmp", "/var/tmp"  # noqa: S108 - of the image, and of the run below
INSTRUCTIONS = {"FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENTRYPOINT", "CMD"}


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line.strip()]


def given(name: str) -> list[str]:
    return [text for step, text in steps() if step == name]


def environment() -> dict[str, str]:
    pairs = (pair for text in given("ENV") for pair in shlex.split(text))
    return dict(pair.split("=", 1) for pair in pairs)


def test_it_is_slim_not_root_and_starts_the_connector():
    assert {name for name, _ in steps()} <= INSTRUCTIONS
    assert all(re.fullmatch(r"python:3\.\d+-slim( AS \w+)?", each) for each in given("FROM"))
    assert given("USER") == [f"{USER}:{USER}"]
    assert f"--uid {USER}" in given("RUN")[-1]
    assert json.loads(given("ENTRYPOINT")[0]) == ["connector"]
    assert set(json.loads(given("VOLUME")[0])) == {"/project/.connector", TMP}
    writable = [environment()[name] for name in ("HOME", "DBT_TARGET_PATH", "DBT_LOG_PATH")]
    assert all(Path(TMP) in (Path(path), *Path(path).parents) for path in writable)
    assert environment()["XDG_STATE_HOME"].startswith("/project/.connector/")


def test_what_it_copies_is_there_and_nothing_else_is_sent():
    ignored = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"
    ]
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        word
        for text in given("COPY")
        if not text.startswith("--from")
        for word in text.split()[:-1]
    }
    assert ignored[0] == "*"
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert not any(fnmatch.fnmatch(name, "*.env") for name in allowed)


def test_its_lock_has_every_kind_of_ledger_and_dbt():
    locked = (ROOT / "requirements-run.lock").read_text()
    assert all(f"\n{name}==" in f"\n{locked}" for name in ("obstore", "psycopg", "dbt-duckdb"))


READ_ONLY = """
set -e
mount --bind "$SHOP/.connector" "$SHOP/.connector"
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs /var/tmp
mkdir /var/tmp/shop
mount --rbind "$SHOP" /var/tmp/shop
cd /var/tmp/shop
if touch x 2>/dev/null; then echo "the root is not read-only"; exit 1; fi
exec setpriv --reuid {user} --regid {user} --clear-groups "$@"
"""


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, unshare")
def test_a_run_needs_no_place_to_write_but_the_volumes(shop):
    """As a user of its own, with the root file system read-only, and its keys in a file."""
    shop.orders(0, 3)
    (shop.directory / ".connector").mkdir(mode=0o700)
    key = shop.directory / "key"
    key.write_text("planted-api-key\n")
    for path in (shop.directory, *shop.directory.rglob("*")):
        os.chown(path, USER, USER)
    own = environment()
    own |= {"HOME": OTHER, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    own["XDG_STATE_HOME"] = f"{OTHER}/shop/.connector/state"
    own |= {"NORTHBEAM_API_KEY_FILE": f"{OTHER}/shop/{key.name}", "NORTHBEAM_CLIENT_ID": "planted"}
    own |= {"SHOP": str(shop.directory), "TMPDIR": OTHER, "PYTHONPATH": str(ROOT)}
    script = READ_ONLY.format(user=USER)
    command = ["unshare", "--mount", "sh", "-c", script, "sh"]
    if subprocess.run([*command[:2], "true"], check=False, capture_output=True).returncode:
        pytest.skip("unshare is not allowed here: a read-only root file system is NOT TESTED")
    for arguments in (["sync"], ["sync"], ["status"], ["ledger", "check"]):
        program = [Path(sys.executable).with_name("connector"), *arguments]
        done = subprocess.run(
            [*command, *program], env=own, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert shop.sandbox.counts()["writes"] == 3


def test_its_steps_run(tmp_path, pytestconfig):
    """What each RUN does, in a folder instead of an image: minutes, as pip installs all of it."""
    if not pytestconfig.option.long:
        pytest.skip("takes minutes: run it with --long")
    for text in given("COPY"):
        if text.startswith("--from"):
            continue
        for name in text.split()[:-1]:
            target = tmp_path / name
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, target)
    for text in given("RUN")[:-1]:  # the last one makes the user
        command = text.replace("/opt/connector", f"{tmp_path}/opt")
        command = command.replace("python -m venv", f"{sys.executable} -m venv", 1)
        subprocess.run(["/bin/sh", "-ec", command], cwd=tmp_path, check=True)
    version = subprocess.run([tmp_path / "opt/bin/connector", "--version"], check=True)
    assert version.returncode == 0

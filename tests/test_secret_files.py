"""Secrets from files, as Docker and Kubernetes provide them: NAME_FILE instead of NAME."""

import pytest

from connector.exceptions import ConfigError
from connector.reporting.monitoring import webhook
from connector.text.variable import value

NAME = "NORTHBEAM_API_KEY"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.delenv(NAME)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "key"))
    return tmp_path / "key"


@pytest.mark.parametrize("text", ["planted", "planted\n", "planted\r\n"])
def test_a_file_holds_the_value_and_one_newline_does_not_count(file, text):
    file.write_bytes(text.encode())
    assert value(NAME) == "planted"


def test_the_variable_itself_comes_first(file, monkeypatch):
    file.write_text("planted in the file")
    monkeypatch.setenv(NAME, "planted")
    assert value(NAME) == "planted"
    monkeypatch.setenv(NAME, "")
    assert value(NAME) == "planted in the file"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"planted\xff", "is not text"),
        (b"planted" * 20_000, "is too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_what_it_holds(file, content, words):
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as told:
        value(NAME)
    assert f"{NAME}_FILE" in str(told.value)
    assert "planted" not in str(told.value)


def test_a_run_takes_its_keys_from_files(shop, file):
    shop.orders(0, 3)
    shop.run("sync").fails(2, f"{NAME}_FILE names, cannot be read")
    file.write_text("planted\nkey\n")
    shop.run("sync").fails(2, f"the file that {NAME}_FILE names holds a line break")
    file.write_text("planted-api-key\n")
    assert shop.sync()["delivered"] == 3
    assert "planted" not in shop.run("doctor").out


def test_a_webhook_may_stand_in_a_file(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("HOOK_FILE", str(tmp_path / "hook"))
    webhook.post("on_failure", "HOOK", "text")
    assert "cannot be read" in caplog.text
    (tmp_path / "hook").write_text("ftp://planted\n")
    webhook.post("on_failure", "HOOK", "text")
    assert "the file that HOOK_FILE names holds no https:// URL" in caplog.text
    assert "planted" not in caplog.text

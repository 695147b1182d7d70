"""The alert rules use metrics that exist, and promtool accepts them where it is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from connector.reporting.monitoring.metrics_file import FAMILIES

PROMTOOL = shutil.which("promtool")
RULES = Path(__file__).parents[1] / "docs/prometheus/alerts.yml"


def rules() -> list[dict]:
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return group["rules"]


def test_every_rule_asks_for_metrics_that_there_are():
    asked = {name for rule in rules() for name in re.findall(r"connector_\w+", rule["expr"])}
    assert asked <= FAMILIES.keys()
    assert len(asked) > 5


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool, of Prometheus")
def test_promtool_accepts_the_rules():
    ended = subprocess.run(
        [PROMTOOL, "check", "rules", str(RULES)], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended
    assert f"{len(rules())} rules found" in ended.stdout


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool, of Prometheus")
def test_the_alerts_come_when_they_should():
    samples = str(Path(__file__).parent / "prometheus/alerts_test.yml")
    ended = subprocess.run(
        [PROMTOOL, "test", "rules", samples], check=False, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended

"""The dbt package, as another project installs it: its macros, seeds and tests.

`make test-dbt` does it with the oldest dbt that the package says it works with.
"""

import hashlib
import json
import shutil
import subprocess
from contextlib import chdir
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner

from tests.dbt_project import run_dbt

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dbt_package"
PROJECT = """
name: theirs
version: "1.0.0"
config-version: 2
profile: theirs
flags: {send_anonymous_usage_stats: false, version_check: false}
seeds: {order_connector: {relay_domains: {+enabled: false}}}
"""
PROFILE = """
theirs:
  target: dev
  outputs:
    dev: {type: duckdb, path: oms.duckdb, threads: 2, settings: {TimeZone: UTC}}
"""
MODELS = {
    "typed": """
        select * from (values
            (1, '﻿ Ann.Bee+news@GMail.com ', '(0)20 7183-8750', 'U K'),
            (2, ' ', '020 7183 8750', 'nowhere')
        ) as typed (person_id, email, phone, country)
    """,
    "people": """
        with contacts as (
            select typed.*, countries.calling_code
            from {{ ref("typed") }} as typed
            left join {{ ref("countries") }} as countries
                on {{ order_connector.matching_key("typed.country") }}
                = {{ order_connector.matching_key("countries.spelling") }}
        ),
        dialled as ({{ order_connector.with_e164("contacts", ref("phone_plans")) }})
        select
            person_id,
            {{ order_connector.normalise_email("email") }} as email,
            {{ order_connector.sha256_hex("lower(email)") }} as email_hash,
            phone_e164,
            {{ order_connector.public_ip("'10.0.0.1, 203.0.113.9'") }} as ip,
            {{ order_connector.split_list("'b, a,'") }} as tags
        from dialled
    """,
    "their_orders": """
        select * from (values
            ('A', 'C1', 'x', 'wc-On Hold', 'Online Store', 10.00, 9.00, 1.00),
            ('B', 'C2', 'x', 'lost in the post', 'carrier pigeon', 10.00, 9.00, null),
            ('C', 'C3', null, 'lost in the post', 'POS', 5.00, 5.00, 0.00)
        ) as rows (order_id, customer_id, email_hash, status, channel, total, goods, tax)
    """,
    "their_lines": """
        select * from (values
            ('A', 1, 'P', 2), ('A', 1, 'Q', 1), ('B', 1, 'P', 1), ('C', null, 'P', 1),
            ('Z', 1, 'P', 1)
        ) as rows (order_id, line_number, product_id, units)
    """,
    "their_refunds": """
        select * from (values ('A', 'P', 2), ('B', 'P', 2), ('C', 'Q', 1))
        as rows (order_id, product_id, units)
    """,
}
TESTS = {
    "their_orders": {
        "status": {"accepted_status": {}},
        "channel": {"accepted_channel": {}},
        "total": {"total_adds_up": {"parts": ["goods", "tax"]}},
        "customer_id": {"one_id_per_person": {"person": "email_hash"}},
    },
    "their_lines": {
        "line_number": {"unique_position": {"parent": "order_id"}},
        "order_id": {"row_has_its_order": {"orders": "ref('their_orders')"}},
    },
    "their_refunds": {
        "units": {
            "refunded_at_most_sold": {
                "sold": "ref('their_lines')",
                "by": ["order_id", "product_id"],
            }
        }
    },
}
# Rows that each test finds in the models above.
FOUND = {
    "accepted_channel": 1,
    "accepted_status": 1,
    "one_id_per_person": 1,
    "refunded_at_most_sold": 2,
    "row_has_its_order": 1,
    "total_adds_up": 1,
    "unique_position": 2,
}


@pytest.fixture(params=["installed", "oldest"])
def dbt(request):
    """Run dbt in a directory: the one of these tests, or one in an environment of its own."""
    if request.param == "installed":
        return in_this_process
    python = request.config.getoption("--dbt")
    if not python:
        pytest.skip("needs --dbt PYTHON, see `make test-dbt`")
    command = [str(Path(python).absolute().with_name("dbt")), "--quiet"]
    return lambda directory, *arguments: subprocess.run(
        [*command, *arguments, "--profiles-dir", "."], cwd=directory, check=False
    )


def in_this_process(directory, *arguments):
    if arguments == ("deps",):  # which does not take all options of `run_dbt`
        with chdir(directory):
            outcome = dbtRunner().invoke(["--quiet", "deps"])
    else:
        outcome = run_dbt(directory, arguments)
    assert outcome.success, outcome.exception or outcome.result


def described(nested):
    """Return the YAML of the models: dbt 1.11 has arguments of tests in a mapping of their own."""

    def test(name, arguments):
        inner = {"arguments": arguments} if nested and arguments else arguments
        return {f"order_connector.{name}": {"name": name, "config": {"severity": "warn"}, **inner}}

    return yaml.safe_dump(
        {
            "models": [
                {
                    "name": model,
                    "columns": [
                        {"name": column, "data_tests": [test(*each) for each in tests.items()]}
                        for column, tests in columns.items()
                    ],
                }
                for model, columns in TESTS.items()
            ]
        }
    )


def test_another_project_installs_the_package_and_uses_all_of_it(dbt, request, tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "package")
    files = {f"models/{name}.sql": text for name, text in MODELS.items()}
    files |= {"dbt_project.yml": PROJECT, "profiles.yml": PROFILE}
    files["models/models.yml"] = described(nested="installed" in request.node.name)
    files["packages.yml"] = "packages: [{local: package}]"
    (tmp_path / "models").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    dbt(tmp_path, "deps")
    assert (tmp_path / "dbt_packages/order_connector").exists()
    dbt(tmp_path, "build")
    done = json.loads((tmp_path / "target/run_results.json").read_text())["results"]
    statuses = {each["unique_id"]: each["status"] for each in done}
    assert set(statuses.values()) == {"success", "pass", "warn"}, statuses
    warned = {each["unique_id"]: each["failures"] for each in done if each["status"] == "warn"}
    assert {name.split(".")[2]: count for name, count in warned.items()} == FOUND
    with duckdb.connect(tmp_path / "oms.duckdb") as connection:
        people = connection.execute("from people order by person_id").fetchall()
    hashed = hashlib.sha256(b"ann.bee+news@gmail.com").hexdigest()
    phone, ip = "+442071838750", "203.0.113.9"
    assert people[0] == (1, "annbee@gmail.com", hashed, phone, ip, ["a", "b"])
    assert people[1][:4] == (2, None, None, None)


def test_the_guide_names_every_macro_test_and_seed():
    guide = (ROOT / "docs/dbt-package.md").read_text()
    tests, seeds = PACKAGE.glob("tests/generic/*.sql"), PACKAGE.glob("seeds/*.csv")
    inner = {
        *("after_international_prefix", "calling_code_of", "invisible_characters", "ip_pattern"),
        *("is_phone_number", "phone_text", "private_ip_pattern", "trunk_prefix_length"),
        "valid_e164",
    }
    macros = {path.stem for path in PACKAGE.glob("macros/*.sql")} - inner
    for name in (*macros, *(path.stem for path in (*tests, *seeds))):
        assert f"`{name}" in guide, name

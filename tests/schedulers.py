"""Lets a Python that has Airflow 3 and Dagster read what is written for them."""

import json
import subprocess


def told(python: str, program: str, *arguments: str) -> list:
    done = subprocess.run(
        [python, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])

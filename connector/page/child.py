"""A process for slow answers: a plan with its differences, or a summary of the views.

It reads a question from stdin and writes the answer to stdout, both as JSON; customer data is
masked.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from connector.api.connector import Connector
from connector.api.questions.differences import ChangedOrder
from connector.exceptions import ConnectorError, CrashError
from connector.page.masking import masked_change
from connector.runs import backfill
from connector.runs.workspace import Account, Options, accounts
from connector.text import exact

EXAMPLES = 10  # orders
SECONDS = 600.0  # timeout of the process
_PATHS = ("project_dir", "profiles_dir", "config")


def worked_out(options: Options, name: str, what: str) -> dict[str, Any]:
    """Return the process's answer: `plan` or `data` of an account; raises ConnectorError."""
    question = json.dumps({"options": asdict(options), "name": name, "what": what}, default=str)
    command = [sys.executable, "-m", "connector.page.child"]
    try:
        ended = subprocess.run(  # noqa: S603 - ourselves
            command,
            input=question,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        answer: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise CrashError.of(error) from error
    if message := answer.get("failed"):
        raise ConnectorError(message)
    return answer


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a question, or the error."""
    given = question["options"]
    paths = {name: given[name] and Path(given[name]) for name in _PATHS}
    options = Options(**{**given, **paths, "memory_limit": None})
    try:
        (account,) = accounts(options, [question["name"]])
        work = _plan if question["what"] == "plan" else _data
        return work(Connector(options), account)
    except ConnectorError as error:
        return {"failed": str(error)}


def _plan(project: Connector, account: Account) -> dict[str, Any]:
    differences = project.differences([account.name])[account.name]
    found = replace(differences, orders=_masked(differences.orders, account)).as_dict()
    requests, size = found["requests"], found["bytes"]
    found["budget_seconds"] = backfill.seconds(account.contract, requests, size)
    return found


def _masked(orders: Iterable[ChangedOrder], account: Account) -> tuple[ChangedOrder, ...]:
    contract = account.contract
    return tuple(
        replace(each, changes=tuple(masked_change(one, contract) for one in each.changes))
        for each in orders
    )


def _data(project: Connector, account: Account) -> dict[str, Any]:
    return project.holding([account.name])[account.name].as_dict()


if __name__ == "__main__":
    sys.stdout.write(exact.compact(answered(json.load(sys.stdin))))

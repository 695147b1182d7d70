"""The pages that take longer, and that are computed only on request."""

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from connector.exceptions import ConnectorError
from connector.page import asked
from connector.page.child import worked_out
from connector.page.known import Known, now
from connector.page.looks import Looks
from connector.page.sums import by_day
from connector.runs.workspace import Account
from connector.web.safety import is_ours

Named = tuple[str, Mapping[str, Any]]


class Slow:
    """Plan and Data; one of them is computed at a time, so that memory is bounded."""

    def __init__(self, looks: Looks) -> None:
        self._looks, self._lock = looks, threading.Lock()

    def plan(self, request: Request, accounts: list[Account]) -> Named:
        """Show what a sync would send right now."""
        return "plan.html", self._asked(request, accounts, "plan")

    def data(self, request: Request, accounts: list[Account]) -> Named:
        """Show what the views hold."""
        found = self._asked(request, accounts, "data")
        known = found["known"]
        page = asked.number(request.query_params, "page", 1, 1_000)
        account = found["account"]
        return "data.html", {
            **found,
            **(by_day(known.value) if known.value else {}),
            "page": page,
            "link": lambda to: f"/data?{urlencode({'account': account, 'page': to})}",
        }

    def _asked(self, request: Request, accounts: list[Account], what: str) -> dict[str, Any]:
        names = [each.name for each in accounts]
        chosen = asked.account(request.query_params, names)
        account = next(each for each in accounts if each.name == chosen)
        question, memory = (account.scope, what), self._looks.memory
        # A link on another site must not start a process.
        if request.query_params.get("now") == "1" and is_ours(request.headers):
            asked_at = now()
            with self._lock:
                if (memory.last(question).at or "") <= asked_at:  # not answered meanwhile
                    memory.keep(question, self._answer(chosen, what))
        options = [(name, name) for name in names]
        return {"account": chosen, "account_options": options, "known": memory.last(question)}

    def _answer(self, name: str, what: str) -> Known:
        try:
            return Known(worked_out(self._looks.options, name, what), now())
        except ConnectorError as error:
            return Known(error=str(error))

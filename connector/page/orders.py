"""One order as the page shows it: customer data is masked unless a user asks to see it."""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from connector.api.questions.planning import Order
from connector.api.results import Failure
from connector.exceptions import ConnectorError
from connector.page.known import now
from connector.page.looks import Looks
from connector.page.masking import masked, masked_change, masked_row
from connector.runs.workspace import Account
from connector.text import private_file
from connector.text.visible import visible

log = logging.getLogger(__name__)

LOOKS = "looks.jsonl"  # beside the ledger; logs who saw customer data of which order


@dataclass(frozen=True, slots=True)
class Shown:
    """An order at one account, ready to be shown."""

    name: str
    order: Order | None
    rows: Mapping[str, Any]
    error: str | None
    reveal: str  # the address that shows customer data
    hide: str


def shown(looks: Looks, account: Account, order_id: str, *, revealed: bool) -> Shown:
    """Return an order of an account; it is masked unless `revealed`, which is logged."""
    query = {"id": order_id, "account": account.name}
    addresses = ("/order?" + urlencode(query | {"reveal": "1"}), "/order?" + urlencode(query))
    project = looks.project
    if revealed:
        note(account, order_id)
    found = project.order(order_id, [account.name]).all[0][1]
    if isinstance(found, Failure):
        return Shown(account.name, None, {}, _told(found.exception), *addresses)
    try:
        rows = project.rows(order_id, [account.name])[account.name]
    except ConnectorError as error:
        return Shown(account.name, found, {}, str(error), *addresses)
    if not revealed:
        found, rows = _masked(account, found), _masked_rows(account, rows)
    return Shown(account.name, found, rows, None, *addresses)


def note(account: Account, order_id: str) -> None:
    """Log to stderr and to a file beside the ledger that customer data of an order is shown."""
    facts = {"account": account.name, "order_id": order_id}
    log.warning("customer data shown", extra=facts)
    line = json.dumps({"at": now(), **facts}) + "\n"
    try:
        number = private_file.opened(account.config.ledger.with_name(LOOKS), os.O_APPEND)
        with os.fdopen(number, "a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        log.warning("%s cannot be written (%s)", LOOKS, type(error).__name__)


def _told(error: ConnectorError) -> str:
    return visible(str(error))


def _masked(account: Account, order: Order) -> Order:
    contract = account.contract
    changes = order.changes and tuple(masked_change(each, contract) for each in order.changes)
    payload = masked(order.payload, contract.schema)
    last_sent = masked(order.last_sent, contract.schema)
    return replace(order, payload=payload, last_sent=last_sent, changes=changes)


def _masked_rows(account: Account, rows: Mapping[str, Any]) -> dict[str, Any]:
    entities = {each.name: each for each in account.contract.entities()}
    return {
        name: tuple(masked_row(row, entities[name]) for row in found)
        for name, found in rows.items()
    }

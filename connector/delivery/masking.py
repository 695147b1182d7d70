"""Finds personal values of some orders in an API's words, and replaces them."""

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import duckdb

from connector.compile.rendering.mask import personal_values
from connector.contract.contract import Contract
from connector.contract.requests import Action
from connector.sql import run
from connector.text.redact import DIGITS, Found, Sought, mask, plain, searched, words
from connector.text.secret import Secret


class Masking:
    """Knows the contract's personal fields, and the secrets of a run."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        secrets: Mapping[str, Secret],
        action: Action | None = None,
    ) -> None:
        """Prepare; by an `action` with a parameter the orders' ids are all that is sent."""
        self._connection, self._contract, self._secrets = connection, contract, secrets
        self._sql = personal_values(contract, by_id=bool(action and action.parameter))

    def masked(self, part: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
        """Return an API's words, by order id, without secrets and the personal values of orders.

        `part` holds what binds the orders in SQL.
        """
        plainly = {order_id: plain(text) for order_id, text in texts.items()}
        sought = Sought(self._found(part, set(plainly.values())), self._known)
        return {order_id: mask(text, sought) for order_id, text in plainly.items()}

    def _found(self, part: Mapping[str, Any], texts: Collection[str]) -> list[Found]:
        text = searched(" ".join(texts))
        values = {"text": text, "words": list(words(text)), "digits": re.sub("[^0-9]", "", text)}
        rows = run(self._connection, self._sql, {**part, **values, "tail": DIGITS}).fetchall()
        secrets = ((name, secret.reveal()) for name, secret in self._secrets.items())
        own = [Found(name, searched(value), "text") for name, value in secrets if value]
        return [*own, *(Found(*row) for row in rows)]

    @cached_property
    def _known(self) -> set[str]:
        """Return the words of the contract, which an API uses without meaning a person."""
        return words(self._contract.path.read_text(encoding="utf-8"))

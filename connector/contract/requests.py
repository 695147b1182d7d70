"""What a contract says of requests, rules and removed orders, beside the fields of an order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PLACED = "placed"
REACHED = (PLACED, "completed", "refunded")  # the states of orders that count, in their order
CANCELLED = ("cancelled", "failed")  # of orders that no longer count
DRAFTS = ("draft", "abandoned", "not_an_order")  # of rows that never were orders
STATES = (*REACHED, *CANCELLED, *DRAFTS)
MARK = "\0"  # stands where the orders go; no text of a contract can hold it


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that a destination needs from connector.yml, such as its API key."""

    description: str
    secret: bool = False
    default: str | None = None  # None: it must be given
    same_as: str | None = None  # the setting whose value it takes when it is not given


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the orders of a request body, as templates over the plain settings."""

    members: Mapping[str, Any] | None = None  # None: the body is the bare array of the orders

    def around(self, settings: Mapping[str, str]) -> tuple[str, str]:
        """Return the JSON text before and after the orders, brackets of the array included."""
        if self.members is None:
            return "[", "]"
        filled = {name: self._filled(value, settings) for name, value in self.members.items()}
        text = json.dumps(filled, ensure_ascii=False, separators=(",", ":"))
        before, _, after = text.partition(json.dumps(MARK))
        return f"{before}[", f"]{after}"

    @staticmethod
    def _filled(value: Any, settings: Mapping[str, str]) -> Any:
        if value == []:
            return MARK
        return value.format_map(settings) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Rule:
    """A truth across fields: SQL that is true for a row that breaks it."""

    rule: str
    entity: str
    field: str
    violated_when: str
    severity: str
    message: str
    ours: bool = False  # whether the vendor does not know it
    whole_view: bool = False  # whether the other orders of the view decide


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """HTTP Basic, as templates over the settings."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Check:
    """A harmless call that shows whether the credentials are accepted."""

    method: str
    environments: Mapping[str, str]  # environment → URL
    accepted: Sequence[int]  # statuses; 401 and 403 always mean that they are refused
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What is done with an order that is gone from the view: members of what was last sent change.

    `set` replaces members, `each` members of the items of lists, `append` adds to lists of texts.
    `drop` leaves members out.
    With a `parameter` it is one call per order with its id in the query, and no body.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    each: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    append: Mapping[str, str] = field(default_factory=dict)
    drop: Sequence[str] = ()
    method: str = "POST"
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """What `on_removed` may be, and the column that marks an order as gone while it is there."""

    flag: str | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What becomes of an order by the state that its hidden `column` names.

    `take_back` is the action for orders that were sent and count no longer. States that the
    destination has values for are `sent_as` those; such as are in `opt_in` only on demand.
    """

    column: str = ""
    take_back: str | None = None
    sent_as: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    opt_in: Sequence[str] = ()


def settings(values: Mapping[str, Any]) -> dict[str, Setting]:
    """Read `x-settings`."""
    return {name: Setting(**value) for name, value in values.items()}


def basic_auth(values: Mapping[str, Any] | None) -> BasicAuth | None:
    """Read `x-basic-auth`."""
    return BasicAuth(**values) if values else None


def check(values: Mapping[str, Any] | None) -> Check | None:
    """Read `x-check`."""
    return Check(**values) if values else None


def removal(values: Mapping[str, Any]) -> Removal:
    """Read `x-removal`."""
    actions = {name: Action(**action) for name, action in values.get("actions", {}).items()}
    return Removal(values.get("flag"), actions)


def lifecycle(values: Mapping[str, Any]) -> Lifecycle:
    """Read `x-lifecycle`."""
    return Lifecycle(**values)

"""What the body of a 2xx must say, so that the orders of the call count as taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What `says_no` looks for, for the page of a destination.
DENIALS = (
    'a member error or errors, "success":false, a status that says error or is 400 and more, '
    "a response that lists orders"
)


@dataclass(frozen=True, slots=True)
class Success:
    """The terms of a contract; the next run sends what they leave in doubt again."""

    empty: bool  # whether the API documents an empty body
    requires: Mapping[str, Any] = field(default_factory=dict)  # members that must be just so
    members: frozenset[str] | None = None  # that are known; None when nothing is documented
    rejected: str | None = None  # the member that counts refused orders without naming them

    def doubt(self, body: Any, *, is_empty: bool) -> str | None:
        """Return why the JSON of a 2xx, or an empty body, is not trusted; None when it is."""
        if is_empty:
            return None if self.empty else "its body is empty, which the API does not document"
        if self.rejected and not is_count(_member(body, self.rejected)):
            return f"it lacks the count {self.rejected!r}"
        for name, value in self.requires.items():
            found = _member(body, name)
            if type(found) is not type(value) or found != value:
                return f"it lacks {name!r} as it must be"
        return "it says no" if says_no(body) else None

    def refuses(self, body: Any) -> bool:
        """Return whether the JSON of a 2xx says that orders of the call were refused."""
        count = _member(body, self.rejected) if self.rejected else 0
        return is_count(count) and count > 0

    def unknown(self, body: Any) -> list[str]:
        """Return the names of the members that are not known."""
        if self.members is None or not isinstance(body, dict):
            return []
        return sorted(body.keys() - self.members - self.requires.keys() - {self.rejected})


def is_count(value: Any) -> bool:
    """Return whether a JSON value is a number of orders."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def success(values: Mapping[str, Any] | None) -> Success | None:
    """Return the terms as a contract writes them; raises ValueError when nothing can meet them."""
    if values is None:
        return None
    requires = values.get("requires", {})
    for name, value in requires.items():
        if not isinstance(value, (str, int, float, bool)):
            raise ValueError(f"x-success: requires: {name!r} must be a text, a number or true")  # noqa: TRY004
    if requires and says_no(requires):
        raise ValueError("x-success: requires, which would say no by itself")
    if requires and values["empty"]:
        raise ValueError("x-success: empty, though an empty body lacks what is required")
    members = frozenset(values["members"]) if "members" in values else None
    if "rejected" in values and values["empty"]:
        raise ValueError("x-success: empty, though an empty body lacks the count of `rejected`")
    return Success(values["empty"], requires, members, values.get("rejected"))


def _member(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def says_no(body: Any) -> bool:
    """Return whether the JSON of a 2xx leaves in doubt that the orders were taken.

    Only an object tells that, and none that speaks of an error or lists orders.
    """
    if not isinstance(body, dict):
        return True
    status, listed = body.get("status"), body.get("response")
    failed = (isinstance(status, str) and re.search("error|fail", status, re.IGNORECASE)) or (
        str(status).isdecimal() and int(str(status)) >= 400  # noqa: PLR2004
    )
    lists_orders = isinstance(listed, list) and bool(listed)
    errors = body.get("error") or body.get("errors")
    return bool(errors or failed or lists_orders or body.get("success") is False)

"""What a destination answers, as values, and what each destination has to say about itself."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
from starlette.responses import Response

from connector.sandbox.judge import Problem


@dataclasses.dataclass(frozen=True)
class Answer:
    """An HTTP answer that has not been sent yet."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        """Whether the destination took the call."""
        return self.status < 300  # noqa: PLR2004

    def response(self) -> Response:
        """Turn the answer into what the server sends."""
        headers = {"content-type": self.content_type, **self.headers}
        return Response(self.body, self.status, headers)


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Make an answer whose body is a JSON value."""
    return Answer(status, orjson.dumps(value), headers=headers or {})


class Destination(Protocol):
    """What the module of a destination offers."""

    def accepted(self) -> Answer:
        """Answer a call whose orders were all taken."""

    def refused(self, problems: Sequence[Problem]) -> Answer:
        """Answer a call of which at least one order is wrong, naming the orders."""

    def refused_unnamed(self, message: str) -> Answer:
        """Answer a call that is wrong as a whole, or whose wrong orders are not named."""

    def malformed(self) -> Answer:
        """Answer a body that is no JSON."""

    def unauthorised(self) -> Answer:
        """Answer missing or wrong credentials."""

    def unknown(self) -> Answer:
        """Answer the question for an order that is not there."""

    def too_large(self) -> Answer:
        """Answer a body over the limit."""

    def rate_limited(self, seconds: int) -> Answer:
        """Answer a call over the budget."""

    def failed(self, status: int) -> Answer:
        """Answer with a failure of the server."""

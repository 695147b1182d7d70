"""What a destination answers, as a value."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


@dataclasses.dataclass(frozen=True)
class Answer:
    """An HTTP answer that has not been sent yet; `refuses` says that it refuses some order."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    refuses: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether the destination accepted the whole call."""
        return self.status < 300 and not self.refuses  # noqa: PLR2004

    def response(self) -> Response:
        """Turn the answer into what the server sends."""
        headers = {"content-type": self.content_type, **self.headers}
        return Response(self.body, self.status, headers)


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Make an answer whose body is a JSON value."""
    return Answer(status, orjson.dumps(value), headers=headers or {})

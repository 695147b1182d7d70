"""Asks a destination for the orders of a day, within its budget and the timeouts of a request."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb

from connector.contract.contract import Contract
from connector.contract.read_back import CURRENCY, Request
from connector.exceptions import CannotTellError, DestinationUnavailableError
from connector.http.answer import MAX_WORDS, Answer, Outcome, Response, by_status, text
from connector.http.auth import authentication
from connector.http.gate import Gate
from connector.http.journal import Journal
from connector.http.sender import Sender
from connector.http.surroundings import check_surroundings
from connector.http.transport import Transport
from connector.settings.settings import Destination
from connector.verify.rows import rows_of

MOST_BYTES = 64_000_000  # read of one answer
_WORDS = 300  # characters of an API's message that are shown


class _Asking(Transport):
    """Sends the JSON of a question as the query of the URL, or as the body."""

    method = "POST"
    most = MOST_BYTES

    def post(self, body: bytes) -> Response | Answer:
        return self.call(self.method, body)

    def told(self, response: Response) -> Response:
        """Return the answer with secrets removed, so that its message may be shown."""
        return replace(response, body=super()._cleaned(response.body[:MAX_WORDS]))

    def _cleaned(self, content: bytes) -> bytes:
        """Leave rows as they are: a short secret might match in the middle of a word."""
        return content

    def _content_of(self, body: bytes | None) -> dict[str, Any]:
        if self.method == "GET" and body is not None:
            return {"params": json.loads(body)}
        return super()._content_of(body)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a day as the text of a JSON array, or why they are missing."""

    rows: str = "[]"
    problem: str | None = None

    @property
    def is_read(self) -> bool:
        """Return whether rows arrived, even if perhaps not all of them."""
        return self.problem is None or self.rows != "[]"


class Asker:
    """Asks one question at a time."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        destination: Destination,
        request: Request,
        gate: Gate,
    ) -> None:
        """Prepare; raises ConfigError for a setting that is missing."""
        self._connection, self._destination, self._request = connection, destination, request
        self._gate = gate
        secrets, options = destination.resolved(), destination.delivery
        url = destination.beside(request.environments)
        check_surroundings(url)
        headers = request.headers or contract.headers
        asked = replace(contract, headers=headers)
        timeouts = (options.connect_timeout, options.read_timeout)
        self._transport = _Asking(url, authentication(asked, secrets), timeouts)
        self._transport.method = request.method
        plain = [name for name, setting in contract.settings.items() if not setting.secret]
        self._values = {name: secrets[name].reveal() for name in plain}
        self._answer, self._next = "[]", 0.0
        self.requests = 0

    @property
    def asks_by_currency(self) -> bool:
        """Return whether the API converts amounts to the requested currency."""
        return self._request.asks_by_currency

    def untold(self, day: date, said: str) -> CannotTellError:
        """Return the error for an answer that cannot be read at all."""
        what = f"{self._destination.name}: {day}: {said}; what it holds cannot be read"
        needs = f"; reading needs {self._request.needs}" if self._request.needs else ""
        return CannotTellError(f"{what}; check the credentials{needs}")

    def ask(self, day: date, currency: str | None) -> Found:
        """Return the rows of a day, with amounts in `currency` if it is given.

        Raises CannotTellError when the destination can answer no such request, and
        DestinationUnavailableError when this request failed.
        """
        values = self._values | ({CURRENCY: currency} if currency else {})
        counted = None
        if self._request.count:
            found = self._asked(day, self._request.question(day, values, counts=True))
            counted = None if found.problem else _number(found.rows)
            if counted is None:
                return Found(problem=found.problem or "the number of rows was not told")
        found = self._asked(day, self._request.question(day, values))
        if found.problem:
            return found
        return replace(found, problem=self._cut_off(found.rows, counted))

    def _cut_off(self, rows: str, counted: int | None) -> str | None:
        row = self._connection.execute("select json_array_length($rows)", {"rows": rows}).fetchone()
        number, most = int(row[0]) if row else 0, self._request.most_rows
        if counted is not None and number != counted:
            return f"{counted:,} rows were counted and {number:,} came"
        if most is not None and number >= most:
            return f"{number:,} rows came, and an answer may end there"
        return None

    def _asked(self, day: date, body: bytes) -> Found:
        self._wait()
        run = {"run_id": f"verify-{day}", "destination": self._destination.name}
        journal = Journal(run | {"environment": self._destination.scope.environment}, None)
        options = self._destination.delivery
        sender = Sender(self._transport, self._read, options, self._gate, journal)
        answer = sender.send(body, options.attempts, (0, 0))
        self.requests += sender.requests
        return self._outcome(day, answer)

    def _wait(self) -> None:
        if self._destination.environment != "local":
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._request.every

    def _outcome(self, day: date, answer: Answer | None) -> Found:
        if answer is not None and answer.outcome is Outcome.DELIVERED:
            return Found(self._answer)
        if answer is not None and answer.outcome is Outcome.DOUBT:
            return Found(problem=answer.message)
        words = answer.message[:_WORDS] if answer else "no answer"
        status = f"HTTP {answer.status}: " if answer and answer.status else ""
        if answer is None or answer.outcome is Outcome.RETRY:
            said = f"{self._destination.name}: {day}: {status}{words}"
            advice = "run the same command again, which goes on from there"
            raise DestinationUnavailableError(f"{said}; {advice}")
        raise self.untold(day, f"{status}{words}")

    def _read(self, response: Response) -> Answer:
        """Keep the rows of an answer; an error within a 200 makes them unreliable."""
        if not 200 <= response.status < 300:  # noqa: PLR2004
            return by_status(self._transport.told(response))
        if not response.complete:
            told = f"an answer of more than {MOST_BYTES:,} bytes"
            return Answer(Outcome.DOUBT, response.status, told)
        given = response.body.decode("utf-8", "replace").strip()
        rows = rows_of(self._connection, given, self._request.rows)
        if rows is None:
            told = f"no rows: {text(self._transport.told(response))[:_WORDS]}"
            is_error = response.body.lstrip()[:1] == b"{"
            return Answer(Outcome.DOUBT if is_error else Outcome.RETRY, response.status, told)
        self._answer = rows
        return Answer(Outcome.DELIVERED, response.status, "")


def _number(rows: str) -> int | None:
    """Return the only number in the only row of an answer."""
    values = json.loads(rows)
    first: Mapping[str, Any] = values[0] if values and isinstance(values[0], dict) else {}
    number = str(next(iter(first.values()), ""))
    return int(number) if number.isdecimal() else None

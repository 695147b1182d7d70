"""One run: its number in the ledger, what it sends, and the results."""

import random
import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connector.contract.requests import Action
from connector.delivery.delivered import Delivered
from connector.destinations import believing, reader
from connector.exceptions import ConnectorError
from connector.http.answer import Reader, of_removal
from connector.http.surroundings import check_surroundings
from connector.ledger.beside.last_request import LastRequest
from connector.ledger.ledger import Ledger
from connector.plan.choice import Choice
from connector.plan.step import Step
from connector.plan.windows import CHOICE
from connector.reporting import run_reports
from connector.runs.job import Hooks, Job
from connector.runs.summary import Sent
from connector.sql import count
from connector.text.secret import Secret

if TYPE_CHECKING:  # most runs send nothing, and end faster without what sends
    from connector.http.gate import Gate
    from connector.http.sender import Sender


class Run:
    """Takes orders back, then sends the plan; each step has its own run number."""

    def __init__(self, job: Job, ledger: Ledger, hooks: Hooks, command: str) -> None:
        """Take what the run works on; `begin` records that it begins."""
        self._job, self._ledger, self._hooks, self._command = job, ledger, hooks, command
        self._began = time.monotonic()
        self._secrets: Mapping[str, Secret] = {}
        self._gate: Gate | None = None  # one for all steps, since they share its budgets
        self._senders: list[Sender] = []
        self._removed = self._done = Delivered()
        self._given_up = self._not_given_up = 0  # orders, over all rounds of removals
        self._before = Delivered()  # of the plan, in the steps before the one under way
        self._handed = 0  # orders of the plan, in all steps so far
        self._planned = 0
        self._taken_back = 0  # orders of the plan itself
        self.run_id = 0  # until it begins
        self.error: ConnectorError | None = None
        self.batches = 0  # rendered of the last step; the next counts the bytes of their bodies
        self.bytes = 0
        self._batches = 0  # under the run's number

    def begin(self) -> None:
        """Record that the run begins."""
        self.run_id = self._ledger.start(self._job.scope, self._command)
        self._batches = 0

    def prepare(self) -> None:
        """Announce the run and fill in the settings; raises ConfigError if one is missing."""
        self._hooks.report("planning", 0, Delivered())
        self._secrets = self._job.destination.resolved()
        check_surroundings(self._job.destination.url)

    def remove(self, step: Step) -> None:
        """Send what takes orders back."""
        means = {"outcome": "removed", "refusal": "removal_refused"}
        done = self._removed = self._deliver("removing", step, step.orders, means)
        self._given_up += done.delivered
        self._not_given_up += done.refused
        self.error = done.error

    def again(self) -> None:
        """Start a run with a later number, since its orders are newer than the removals."""
        facts = {"removals": self._removed.delivered, "refused": self._removed.refused}
        self.finish(self.error.exit_code if self.error else 0, facts)
        self.begin()

    def send(self, step: Step, choice: Choice, later: int = 0) -> Delivered:
        """Send the plan itself, or a window of it, and settle that in the ledger.

        `later` orders go in windows after it. Returns what was done of the plan so far.
        """
        job, scope = self._job, self._job.scope
        self._ledger.note(scope, self.run_id)
        self._handed += step.orders
        means = {"is_retry": choice.retry, "kept": job.kept}
        done = self._deliver("sending", step, self._handed + later, means)
        if done.refused or self._removed.refused:
            done.outdated = count(job.connection, "work.outdated")
        self._before, self._done = done.after(self._before), Delivered()
        self._taken_back = run_reports.taken_back(job.connection, self.run_id)
        limited = choice.limit is not None or not (choice.everything or choice.window)
        self._ledger.settle(scope, self.run_id, has_payloads=bool(job.kept), is_limited=limited)
        return self._before

    def send_window(self, step: Step, later: int) -> Delivered:
        """Send the next window of a plan, which the watermark must not hide either."""
        self._ledger.unmark(self._job.scope)
        return self.send(step, CHOICE, later)

    def facts(self) -> dict[str, Any]:
        """Return the progress of a run without a summary; all zero before it sends."""
        if not self._planned:
            return {"run_id": self.run_id}
        done, sent = self._done.after(self._before), self.sent()
        counts = {"delivered": done.delivered, "refused": done.refused}
        pending = self._planned - sum(counts.values())
        effort = {name: getattr(sent, name) for name in ("seconds", "requests", "retries", "bytes")}
        return {"run_id": self.run_id, **counts, "pending": pending, **effort}

    def sent(self) -> Sent:
        """Return the requests and bytes sent so far."""
        return Sent(
            time.monotonic() - self._began,
            sum(sender.requests for sender in self._senders),
            sum(sender.retries for sender in self._senders),
            sum(sender.bytes for sender in self._senders),
            self._given_up,
            self._not_given_up,
            self._taken_back,
        )

    def finish(self, exit_code: int, summary: Mapping[str, object]) -> None:
        """Record how the run ended."""
        self._ledger.finish(self._job.scope, self.run_id, self._command, exit_code, summary)

    def accept(self) -> None:
        """Record that everything is sent again, if the ledger is an old copy."""
        self._ledger.accept(self._job.scope)

    def break_off(self, error: ConnectorError) -> None:
        """Record the error that ended the run: exit code and cause."""
        self._ledger.break_off(self._job.scope, self.run_id, self._command, error)

    def discard(self) -> None:
        """Delete the record of the run, as it did nothing."""
        self._ledger.discard(self._job.scope, self.run_id)

    def _deliver(self, phase: str, step: Step, planned: int, means: Mapping[str, Any]) -> Delivered:
        """Send what a step holds; `means` says how the recorder takes the answers."""
        if not step.orders:
            return Delivered()
        from connector.delivery.deliver import Deliverer  # noqa: PLC0415 - start-up time
        from connector.delivery.masking import Masking  # noqa: PLC0415
        from connector.delivery.parts import Parts  # noqa: PLC0415
        from connector.delivery.recorder import Recorder  # noqa: PLC0415
        from connector.payloads.chunks import Chunks  # noqa: PLC0415
        from connector.payloads.renderers import renderers  # noqa: PLC0415

        job, hooks, sender = self._job, self._hooks, self._sender(step.by)
        hooks.sending(sender)
        recorder = Recorder(self._ledger, job.scope, self.run_id, **means)
        masking = Masking(job.connection, job.contract, self._secrets, step.by)
        parts = Parts(job.connection, masking, (step.recipe.before, step.recipe.after))

        def report(so_far: Delivered) -> None:
            done = so_far.after(self._before)
            hooks.report("waiting" if so_far.wait else phase, planned, done)

        with renderers(job.connection, step.orders) as threads:
            chunks = Chunks(threads, step.recipe, step.orders, step.late)
            chunks.batches = self._batches
            deliverer = Deliverer(recorder, parts, chunks, sender, random.Random())  # noqa: S311
            self._done, self._planned = deliverer.done, planned
            done = deliverer.run(report)
        self.batches, self.bytes = chunks.batches - self._batches, chunks.bytes
        self._batches = chunks.batches
        return done

    def _sender(self, by: Action | None) -> "Sender":
        from connector.http.auth import authentication  # noqa: PLC0415 - start-up time
        from connector.http.gate import new_gate  # noqa: PLC0415
        from connector.http.journal import Journal  # noqa: PLC0415
        from connector.http.sender import Sender  # noqa: PLC0415
        from connector.http.transport import Transport  # noqa: PLC0415
        from connector.reporting.monitoring.telemetry import observers  # noqa: PLC0415

        job, options = self._job, self._job.destination.delivery
        timeouts = (options.connect_timeout, options.read_timeout)
        auth = authentication(job.contract, self._secrets)
        transport = Transport(job.destination.url, auth, timeouts, by)
        run = {"run_id": self.run_id, **job.scope.values()}
        last = LastRequest(self._ledger.path, self.run_id, self._ledger.check)
        journal = Journal(run, last, observers(run))
        self._gate = self._gate or new_gate(job.destination, job.contract, self._ledger.path)
        sender = Sender(transport, self._reader(by), options, self._gate, journal)
        self._senders.append(sender)
        return sender

    def _reader(self, by: Action | None) -> Reader:
        """Return the reader for answers to orders, or to calls that remove one by its id."""
        if not by or not by.parameter:
            return self._believing
        found = reader(self._job.contract)
        return of_removal(found) if by.method == "DELETE" else found

    @cached_property
    def _believing(self) -> Reader:
        """Return one reader for the whole run, which warns only once."""
        return believing(self._job.contract)

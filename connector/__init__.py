"""The public API: `connector.open(…)`, its results, observers and exceptions.

Importing it costs nothing: each name is looked up when it is used.
"""

TYPE_CHECKING = False  # as that of typing, whose import takes a moment
if TYPE_CHECKING:
    from connector import exceptions as exceptions
    from connector.api.adopting import Undone as Undone
    from connector.api.backfilling import Backfill as Backfill
    from connector.api.changes.forgetting import Erasure as Erasure
    from connector.api.changes.ledger_changes import MovedLedgers as MovedLedgers
    from connector.api.changes.ledger_changes import RestoredLedger as RestoredLedger
    from connector.api.changes.preparation import Preparation as Preparation
    from connector.api.changes.preparation import PreparedFile as PreparedFile
    from connector.api.changes.preparing import init as init
    from connector.api.changes.preparing import init_choices as init_choices
    from connector.api.changes.schema import schema_text as schema_text
    from connector.api.connector import Connector as Connector
    from connector.api.connector import open as open  # noqa: A004 - as `gzip.open`
    from connector.api.questions.errors import OrderError as OrderError
    from connector.api.questions.history import Batch as Batch
    from connector.api.questions.history import DetailedRun as DetailedRun
    from connector.api.questions.history import Run as Run
    from connector.api.questions.judging import Validation as Validation
    from connector.api.questions.ledgers import LedgerCheck as LedgerCheck
    from connector.api.questions.ledgers import LedgerStatus as LedgerStatus
    from connector.api.questions.planning import Order as Order
    from connector.api.questions.status import Status as Status
    from connector.api.results import Failure as Failure
    from connector.api.results import Results as Results
    from connector.api.verifying import Difference as Difference
    from connector.api.verifying import Verified as Verified
    from connector.doctor.finding import Finding as Finding
    from connector.http.answer import Answer as Answer
    from connector.http.answer import Outcome as Outcome
    from connector.http.answer import Response as Response
    from connector.reporting.export import Exported as Exported
    from connector.reporting.monitoring.run_report import RunReport as RunReport
    from connector.runs.forget import Forgotten as Forgotten
    from connector.runs.observer import Observer as Observer
    from connector.runs.observer import Progress as Progress
    from connector.runs.observer import Started as Started
    from connector.runs.summary import Summary as Summary
    from connector.source.project import project_directory as project_directory

_PLACES = {
    "Answer": "connector.http.answer",
    "Backfill": "connector.api.backfilling",
    "Batch": "connector.api.questions.history",
    "Connector": "connector.api.connector",
    "DetailedRun": "connector.api.questions.history",
    "Difference": "connector.api.verifying",
    "Erasure": "connector.api.changes.forgetting",
    "Exported": "connector.reporting.export",
    "Failure": "connector.api.results",
    "Finding": "connector.doctor.finding",
    "Forgotten": "connector.runs.forget",
    "LedgerCheck": "connector.api.questions.ledgers",
    "LedgerStatus": "connector.api.questions.ledgers",
    "MovedLedgers": "connector.api.changes.ledger_changes",
    "Observer": "connector.runs.observer",
    "Order": "connector.api.questions.planning",
    "OrderError": "connector.api.questions.errors",
    "Outcome": "connector.http.answer",
    "Preparation": "connector.api.changes.preparation",
    "PreparedFile": "connector.api.changes.preparation",
    "Progress": "connector.runs.observer",
    "Response": "connector.http.answer",
    "RestoredLedger": "connector.api.changes.ledger_changes",
    "Results": "connector.api.results",
    "Run": "connector.api.questions.history",
    "RunReport": "connector.reporting.monitoring.run_report",
    "Started": "connector.runs.observer",
    "Status": "connector.api.questions.status",
    "Summary": "connector.runs.summary",
    "Undone": "connector.api.adopting",
    "Validation": "connector.api.questions.judging",
    "Verified": "connector.api.verifying",
    "init": "connector.api.changes.preparing",
    "init_choices": "connector.api.changes.preparing",
    "open": "connector.api.connector",
    "project_directory": "connector.source.project",
    "schema_text": "connector.api.changes.schema",
}


def __getattr__(name: str) -> object:
    """Return a name of the public API."""
    from importlib import import_module  # noqa: PLC0415 - start-up time

    if name == "exceptions":
        return import_module("connector.exceptions")
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return ["exceptions", *_PLACES]

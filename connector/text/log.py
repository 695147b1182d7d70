"""Logs to stderr, as text or as one JSON object a line; events, never a payload."""

import json
import logging
import sys
import time

from connector.text.visible import visible

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(verbosity: int, log_format: str) -> None:
    """Write warnings, with `verbosity` 1 also information and with 2 everything."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel([logging.WARNING, logging.INFO, logging.DEBUG][min(verbosity, 2)])


def is_json() -> bool:
    """Return whether what stands on stderr is JSON, line by line."""
    return any(isinstance(each.formatter, _Json) for each in logging.getLogger().handlers)


def as_event(text: str, *, is_error: bool) -> str:
    """Return a line for people as the JSON object that a log holds."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    level = "error" if is_error else "info"
    return json.dumps({"at": at, "level": level, "logger": "connector.cli", "event": text})


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        told = f"{at} {record.getMessage()} {facts}"
        return visible(told).rstrip()


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        return json.dumps(event | _facts(record), default=str)

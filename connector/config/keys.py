"""The keys of connector.yml and what each may be: read by `config`, told to editors by `schema`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from connector.contract.contract import Contract
from connector.contract.requests import Setting
from connector.engine.engine import MEMORY_LIMIT
from connector.settings import policies
from connector.settings.settings import VARIABLE, Delivery, Guards
from connector.settings.watermark import Watermark
from connector.source.server import ALIASES, IGNORED, OF_LIBPQ, PORT, POSTGRES
from connector.source.spark import cluster
from connector.source.spark.cluster import CONNECT_PORT, SPARK, SWITCH

Key = dict[str, Any]  # JSON Schema of a value, with its description

LEDGER = ".connector/ledger.duckdb"  # beside connector.yml
MEMORY = r"[1-9][0-9]*(MB|GB|MiB|GiB)"

_SWITCH: Key = {"type": "boolean"}
_TEXT = {"type": "string"}
_DURATION = {"type": "string", "pattern": "^0*[1-9][0-9]{0,5}[smhd]$"}
_VARIABLE = {"type": "string", "pattern": f"^{VARIABLE.pattern}$"}
_OF_SERVER = ["type", "host", "user", "dbname", "schema"]
_OF_CLUSTER = ["type", "host", "schema"]
_WAREHOUSE: dict[str, Key] = {
    "type": {"enum": ["duckdb", POSTGRES, SPARK], "default": "duckdb"},
    "path": _TEXT | {"description": "The DuckDB file."},
    "schema": _TEXT | {"description": "The schema of the views; main in a DuckDB file."},
    "host": _TEXT | {"description": "The server, or the folder of its socket."},
    "port": {"type": ["integer", "string"], "default": PORT},
    "user": _TEXT,
    "password": {
        "description": "The variable of the password; without it PGPASSWORD or PGPASSFILE counts.",
        **_VARIABLE,
    },
    "dbname": _TEXT,
    "role": _TEXT | {"description": "The role that the session takes."},
    **{name: {"type": ["integer", "string"]} for name in OF_LIBPQ},
    "method": _TEXT | {"description": "As in dbt for Spark; `connect` if it is missing."},
    "connect_port": {
        "description": "The port of Spark Connect, where `port` is that of another protocol.",
        "type": ["integer", "string"],
        "default": CONNECT_PORT,
    },
    SWITCH: _SWITCH | {"description": "Whether Spark is talked to by TLS."},
    "token": {"description": "The variable of the token for Spark.", **_VARIABLE},
    "state_schema": _TEXT
    | {"description": "Where Spark keeps what was delivered; without it the schema of the views."},
    **{
        name: {"description": "As in dbt; it is not needed here."}
        for name in dict.fromkeys((*IGNORED, *cluster.IGNORED))
        if name not in {*OF_LIBPQ, "password"}
    },
    **{name: {"description": f"As in dbt: {key}."} for name, key in ALIASES.items()},
}
_SAID = {
    "concurrency": "Requests at a time, at most.",
    "connect_timeout": "Seconds until a connection is made.",
    "read_timeout": "Seconds from the connection until the whole answer is there.",
    "attempts": "How often a request is tried.",
    "deadline": "Seconds after which no request is tried again.",
    "grace": "Seconds that requests in flight may take after a signal.",
    "changed_share": "Share of the delivered orders that a run may send again.",
    "amount_share": "Share of the delivered orders that a run may send with another amount.",
    "money_share": "Share of the delivered money that other amounts may add or take away.",
    "removed_share": "Share of the delivered orders that may be gone from the view.",
    "added_share": "Share of new orders beside the delivered ones, after the first load.",
    "floor": "Fewer changed orders than this are never too many in a large shop.",
    "on_removed": "What becomes of orders that are gone from the view.",
    "on_cancelled": "What becomes of orders that count for nothing any more.",
    "on_identity_change": "What becomes of delivered orders whose identity changed.",
    "on_contact_change": "What becomes of closed orders whose contact data alone changed.",
    "send_from": "The state from which on orders are sent.",
    "overlap": "A row may arrive so much later than its stamp says.",
    "full_scan": "After so long all rows are read again.",
}


def of_file(destinations: Key) -> dict[str, Key]:
    """Return the keys of the file; `destinations` describes what is below `destinations:`."""
    return {
        "ledger": _said(
            "The file of what was delivered, or the address of a store, such as s3://bucket/prefix.",
            _TEXT | {"default": LEDGER},
        ),
        "warehouse": _said(
            "The DuckDB file, PostgreSQL database or Spark of the views, with the keys of an "
            "output of a dbt profile; without it dbt's profile and manifest tell.",
            mapping(_WAREHOUSE)
            | {"anyOf": [{"required": each} for each in (["path"], _OF_SERVER, _OF_CLUSTER)]},
        ),
        "warehouse_wait": _said("How long a process that holds the warehouse is waited for."),
        "memory_limit": _said(
            "Memory of DuckDB; what is over it is spilled to disk.",
            _TEXT | {"pattern": f"^{MEMORY}$", "default": MEMORY_LIMIT},
        ),
        "destinations_path": _said("The folder of contracts of your own.", _TEXT),
        "destinations": destinations,
        "on_failure": _said("The variable of a webhook that is notified of failures.", _VARIABLE),
        "on_success": _said("The variable of a webhook that is notified of successes.", _VARIABLE),
    }


def of_account(contract: Contract) -> dict[str, Key]:
    """Return the keys of one account of `destinations:`."""
    environments = {"enum": list(contract.environments), "default": "local"}
    abandoned = _SWITCH if "abandoned" in contract.lifecycle.opt_in else {"const": False}
    models = mapping({entity.name: _TEXT for entity in contract.entities()})
    words = {
        name: {"enum": list(known), "default": known[0], "description": _SAID[name]}
        for name, known in policies.choices(contract).items()
    }
    return {
        "destination": _said(
            "The API, where the key is not its name.", {"enum": [contract.destination]}
        ),
        "environment": _said("Where the API is.", environments),
        "url": _said("Another URL than the environment's own.", _TEXT),
        "models": _said("Other names of the views.", models),
        "guards": _said("What stops a run before it sends.", mapping(numbers(asdict(Guards())))),
        "cadence": _said("Time between two successes after which `status` tells that one is late."),
        "stale_after": _said(
            "Views without anything new for so long are told; false switches it off.",
            {"anyOf": [_DURATION, {"const": False}]},
        ),
        "watermark": _said("Read only what was stamped since the last run.", _watermark()),
        **words,
        "allow_backwards": _said("Whether a status may go back.", _SWITCH),
        "keep_payloads": _said("Whether the ledger keeps what was sent last, to compare.", _SWITCH),
        "send_abandoned": _said("Whether abandoned carts are sent.", abandoned),
        "rules": _said("What it costs to break a rule.", mapping({})),
        **numbers(asdict(Delivery())),
        **{name: _setting(setting) for name, setting in contract.settings.items()},
    }


def mapping(keys: Mapping[str, Key]) -> Key:
    """Return the schema of a mapping that may have these keys and no others, or be left empty."""
    of = {"properties": dict(keys), "additionalProperties": False}
    return {"type": ["object", "null"], **of}


def numbers(defaults: Mapping[str, float]) -> dict[str, Key]:
    """Return the schemas of numbers above 0: whole where the default is, a share where it is."""
    return {
        name: {
            "type": "integer" if isinstance(default, int) else "number",
            "exclusiveMinimum": 0,
            **({"maximum": 1} if name.endswith("_share") and default < 1 else {}),
            "default": default,
            "description": _SAID[name],
        }
        for name, default in defaults.items()
    }


def _said(description: str, schema: Key | None = None) -> Key:
    return {**(_DURATION if schema is None else schema), "description": description}


def _watermark() -> Key:
    overlaps = {name: _said(_SAID[name]) for name in asdict(Watermark())}
    return {"anyOf": [_SWITCH, mapping(overlaps) | {"type": "object"}]}


def _setting(setting: Setting) -> Key:
    secret = {"pattern": f"^{VARIABLE.pattern}$"} if setting.secret else {}
    default = {} if setting.default is None else {"default": setting.default}
    return {**_TEXT, **secret, **default, "description": setting.description}

"""The settings of a destination that say what becomes of what was sent before, by its contract."""

import logging
from typing import Any

from connector.contract.contract import Contract
from connector.contract.requests import REACHED, STATES
from connector.text.yaml_file import Section

KEYS = (
    *("on_removed", "on_cancelled", "on_identity_change", "on_contact_change"),
    *("allow_backwards", "keep_payloads", "send_from", "send_abandoned"),
)

STEADY = ("send", "freeze")  # what is done where another value makes no other record

log = logging.getLogger(__name__)


def choices(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Return what each setting that is a word may be, the default first."""
    steady = contract.orders.steady
    return {
        "on_removed": ("report", *contract.removal.actions),
        "on_cancelled": _cancelled_choices(contract),
        "on_identity_change": STEADY if steady else _identity_choices(contract),
        "on_contact_change": _contact_choices(contract),
        "send_from": REACHED[:2] if contract.lifecycle.column else REACHED[:1],
    }


def policies(contract: Contract, section: Section) -> dict[str, Any]:
    """Return the settings by their names; raises the section's error for one that cannot be."""
    known = choices(contract)
    words = ("on_removed", "on_cancelled", "on_contact_change")
    return {
        **{name: section.one_of(name, known[name]) for name in words},
        "on_identity_change": _on_identity_change(section, known["on_identity_change"]),
        "allow_backwards": section.switch("allow_backwards", default=False),
        "keep_payloads": section.switch("keep_payloads", default=False),
        "send_from": _send_from(section, known["send_from"]),
        "send_abandoned": _send_abandoned(contract, section),
    }


def _cancelled_choices(contract: Contract) -> tuple[str, ...]:
    """Return what `on_cancelled` may be: only what can be taken back is, and that by default."""
    can_be = contract.lifecycle.take_back or contract.removal.flag
    return (*(("take_back",) if can_be else ()), "report", "send")


def _identity_choices(contract: Contract) -> tuple[str, ...]:
    """Return what `on_identity_change` may be: only a void record makes room for another."""
    return ("keep", "replace") if "void" in contract.removal.actions else ("keep",)


def _on_identity_change(section: Section, known: tuple[str, ...]) -> str:
    if known == STEADY and section.values.get("on_identity_change") == "keep":
        told = f"is keep, and is read as {STEADY[0]}; write {' or '.join(STEADY)}"
        log.warning("%s", section.wrong("on_identity_change", told))
        return STEADY[0]
    return section.one_of("on_identity_change", known)


def _contact_choices(contract: Contract) -> tuple[str, ...]:
    """Return what `on_contact_change` may be: there must be closed orders to be held."""
    return ("hold", "send") if contract.closed else ("send",)


def _send_from(section: Section, stages: tuple[str, ...]) -> str:
    """Return the setting: a state of an order on its way, which all later ones have passed."""
    value = section.values.get("send_from")
    if value in STATES and value not in stages:
        told = f"is {value!r}, and no order waits until it is that; use {' or '.join(stages)}"
        raise section.wrong("send_from", told)
    return section.one_of("send_from", stages)


def _send_abandoned(contract: Contract, section: Section) -> bool:
    is_wanted = section.switch("send_abandoned", default=False)
    if is_wanted and "abandoned" not in contract.lifecycle.opt_in:
        none = f"{contract.destination} has no value for abandoned carts"
        raise section.wrong("send_abandoned", f"is true, and {none}; remove it")
    return is_wanted

"""The setting `watermark` of a destination: runs read only what was stamped since the last one."""

from dataclasses import asdict, dataclass

from connector.contract.contract import Contract
from connector.text.yaml_file import Section

CHANGED_AT = "_changed_at"  # the column that says when an order, or anything of it, last changed


@dataclass(frozen=True, slots=True)
class Watermark:
    """How runs read by watermark; in seconds."""

    overlap: float = 3_600.0  # a row may arrive so much later than its stamp says
    full_scan: float = 86_400.0  # after so long all is read again


def watermark(contract: Contract, section: Section) -> Watermark | None:
    """Return the setting of a destination, None when it is not wanted.

    Raises the section's error when it is neither a switch nor a mapping, or cannot be had.
    """
    value = section.values.get("watermark", False)
    if not isinstance(value, bool | dict):
        raise section.wrong("watermark", "must be true, false, or {overlap: 1h, full_scan: 24h}")
    if value is False:
        return None
    if CHANGED_AT not in contract.orders.hidden:
        lacks = f"needs {CHANGED_AT}, which the contract of {contract.destination} does not have"
        raise section.wrong("watermark", f"{lacks}; remove it, or add the column to `x-columns`")
    if value is True:
        return Watermark()
    given, defaults = section.section("watermark"), asdict(Watermark())
    given.known(defaults)
    return Watermark(**{name: given.duration(name) or defaults[name] for name in defaults})

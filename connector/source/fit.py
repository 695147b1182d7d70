"""Checks that the view of the orders has the column of stamps needed to read only changes."""

from collections.abc import Collection

from connector.exceptions import ModelError
from connector.settings.settings import Destination
from connector.settings.watermark import CHANGED_AT


def check_stamps(destination: Destination, model: str, columns: Collection[str]) -> None:
    """Raise ModelError when the view of the orders is to be read by stamps but has none."""
    if destination.watermark and CHANGED_AT not in columns:
        raise ModelError(
            f"{model}.{CHANGED_AT} is missing, and {destination.path}: destinations."
            f"{destination.name}.watermark needs it; add the column, or remove the setting"
        )

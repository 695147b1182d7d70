"""A step of a plan: orders of one kind, and how they are sent."""

from dataclasses import dataclass

from connector.contract.requests import Action
from connector.payloads.late import Late
from connector.payloads.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Step:
    """What is sent together: what takes orders back, or the plan itself, which comes last.

    The orders are those of the recipe's table; `late` describes the last ones of them.
    """

    recipe: Recipe
    orders: int
    late: Late
    takes_back: bool = False
    by: Action | None = None  # how orders are taken back

"""Guesses which models of a project have its orders, their lines and their refunds."""

from collections.abc import Collection, Mapping

# Words of model names, the likeliest first, and parts of names that make a model unlikely.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "orders": ("orders", "order", "sales", "transactions", "purchases"),
    "lines": (
        *("order items", "order lines", "line items", "order products", "order details"),
        *("items", "lines", "details"),
    ),
    "refunds": ("refunds", "order refunds", "refund", "returns", "credit notes"),
}
_EARLIER = ("stg", "raw", "base", "int", "src")  # layers on which others are built
_AGAINST: Mapping[str, tuple[str, ...]] = {
    "orders": (
        *("item", "line", "product", "detail", "refund", "return", "status", "tag", "customer"),
    ),
    "lines": ("refund", "return", "shipping", "discount", "supply", "supplies"),
    "refunds": ("line", "item", "detail"),
}
ROLES = tuple(_NAMES)


def likely(role: str, models: Collection[str]) -> list[str]:
    """Return the models whose names suggest such rows, the likeliest first.

    `role` is orders, lines or refunds. Models of earlier layers come last.
    """
    scored = {name: _score(role, name.lower().replace("_", " ")) for name in models}
    return sorted((name for name in models if scored[name]), key=lambda n: (-scored[n], n))


def _score(role: str, name: str) -> int:
    if any(part in name for part in _AGAINST[role]) or (
        role == "orders" and any(part in name for part in _NAMES["lines"])
    ):
        return 0
    matches = [at for at, each in enumerate(_NAMES[role]) if each in name]
    if not matches:
        return 0
    is_exact = name in _NAMES[role]
    is_earlier = any(part in _EARLIER for part in name.split())
    return 100 + 50 * is_exact - 40 * is_earlier - 3 * matches[0] - len(name) // 8

"""Writes the golden payloads from the golden orders; read them before you commit them."""

from tests.conformance.examples import CONTRACTS, HERE, Examples, examples
from tests.generated_orders import judge


def golden(found: Examples) -> str:
    """The golden payloads, one per line."""
    orders = {found.key(order): order for order in found.orders}
    judged = judge(found.contract, found.tables(orders))
    return "[\n" + ",\n".join(judged.payloads[key] for key in orders) + "\n]\n"


if __name__ == "__main__":
    for name, contract in CONTRACTS.items():
        (HERE / f"{name}.json").write_text(golden(examples(contract)))

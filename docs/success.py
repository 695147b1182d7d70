"""What a 2xx means, as the terms of success in a contract have it."""

import json

from connector.contract.contract import Contract
from connector.contract.success import DENIALS
from docs.markdown import Lines, code


def success(contract: Contract) -> Lines:
    """Yield what is left in doubt, and what is warned of."""
    terms = contract.success
    if terms is None:
        return
    empty = [] if terms.empty else ["an empty body"]
    needs = [
        f"anything without {code(f'{json.dumps(name)}:{json.dumps(value)}')}"
        for name, value in terms.requires.items()
    ]
    if terms.rejected:
        needs.append(f"anything without the count {code(terms.rejected)}")
    doubts = [*empty, *needs, "anything but a JSON object", f"an object that says no ({DENIALS})"]
    if terms.rejected:
        counted = f"A 2xx whose {code(terms.rejected)} is above 0 counts refused orders"
        yield f"{counted} without naming them: the call is halved until each of them is alone."
        yield ""
    yield "Not every 2xx is a success. These leave the orders in doubt, to go with the next run:"
    yield ""
    yield from (f"* {doubt}" for doubt in doubts)
    yield ""
    if terms.members is not None:
        counts = {terms.rejected} if terms.rejected else set()
        known = ", ".join(map(code, sorted(terms.members | terms.requires.keys() | counts)))
        yield f"Members of a success other than {known} are warned of once per run, by name."
        yield ""

"""What a destination's page says of reading back what it holds."""

from collections.abc import Iterator

from connector.contract.contract import Contract
from connector.contract.read_back import ReadBack, Request
from connector.text.duration import lasting
from docs.markdown import Lines, code, section, table


def read_back(contract: Contract) -> Lines:
    """Yield how orders are read back by `connector verify`, and what can be compared."""
    found = contract.read_back
    if found is None:
        return section("Reading back", [])
    lines = list(table(["what", "how"], _facts(found))) if found.request else [found.why_not, ""]
    rows = [(code(here), code(there)) for here, there in found.fields.items()]
    lines += table(["compared", "called there"], rows)
    lines += [f"* Not compared: {each}." for each in found.not_compared]
    return section("Reading back", [*lines, ""] if found.not_compared else lines)


def _facts(found: ReadBack) -> Iterator[tuple[str, str]]:
    request = found.request
    if request is None:
        return
    for environment, url in request.environments.items():
        yield f"`environment: {environment}`", code(f"{request.method} {url}")
    yield "one day at a time", code(request.body or request.parameters)
    yield from _answer(request)
    if found.flags:
        told = "which count for nothing where it says so"
        yield "members of a row", f"{', '.join(map(code, found.flags))}, {told}"
    if found.absent:
        yield "in no answer", f"orders with {code(found.absent)}"
    if found.several:
        told = f"where rows do not tell its records apart: {found.by_hand}"
        yield "an order may stand there twice", told
    if found.early:
        told = f"{lasting(found.early)} after it was sent, and surely after {lasting(found.late)}"
        yield "an order may be told", told


def _answer(request: Request) -> Iterator[tuple[str, str]]:
    if request.count:
        yield "asked first, how many", code(request.count)
    if request.most_rows:
        told = f"of {request.most_rows:,} rows or more is taken for cut off"
        yield "an answer", told
    if request.needs:
        yield "needs", request.needs

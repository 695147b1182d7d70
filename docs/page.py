"""The page of a destination, in Markdown, as its contract has it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.compile.judging.check import Check
from connector.compile.judging.judge import of_contract
from connector.compile.judging.rules import rule_checks
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.contract.overlay import open_objects
from connector.contract.requests import Setting
from connector.contract.schema import CONST
from docs.fields import COSTS, described
from docs.markdown import Lines, code, section, table
from docs.readback import read_back
from docs.success import success
from docs.takeback import cancelled, removed


def page(contract: Contract) -> str:
    """Return the whole page of a contract."""
    parts = (
        *(_head, _calls, _settings, _views, _fields, _rules),
        *(_identity, cancelled, removed, read_back, _answers, _operation, _open_points, _sources),
    )
    return "\n".join(line for part in parts for line in part(contract)).rstrip("\n") + "\n"


def _head(contract: Contract) -> Lines:
    yield f"# {contract.title}"
    yield ""
    yield f"<!-- `make docs` writes this page from the contract of {contract.destination}. -->"
    yield ""
    yield contract.schema.get("description", "")
    yield ""


def _calls(contract: Contract) -> Lines:
    return section("Requests", table(["what", "how"], _facts(contract)))


def _facts(contract: Contract) -> Iterator[tuple[str, str]]:
    for environment, url in contract.environments.items():
        yield f"`environment: {environment}`", f"`POST {url}`"
    yield "body", _body(contract)
    yield "headers", _headers(contract)
    yield from _limits(contract)
    yield "an order is known by", code(contract.key)
    yield "order of sending", f"oldest {code(contract.order_by)} first"
    if contract.cadence:
        yield "how often to send", contract.cadence
    if contract.amount:
        yield "summed up as delivered", code(contract.amount)
    if contract.customer:
        yield "a customer is known by", code(contract.customer)
    yield from _meanings(contract)
    if check := contract.check:
        yield "check of the credentials", code(f"{check.method} {_best(check.environments)}")


def _meanings(contract: Contract) -> Iterator[tuple[str, str]]:
    if unit := contract.schema.get("x-failure-unit"):
        yield "what a refusal is about", f"the {unit}"
    if contract.acknowledges:
        yield "what an accepted request means", f"acknowledged only: {contract.acknowledges}"
    yield "what a send sets off", contract.side_effects or "nothing"
    for other in contract.quiet_alternatives:
        yield "without that", other


def _limits(contract: Contract) -> Iterator[tuple[str, str]]:
    limits = f"{contract.max_orders:,} orders and {contract.max_bytes:,} bytes"
    yield "at most in one request", limits
    if contract.max_order_bytes:
        yield "at most in one order", f"{contract.max_order_bytes:,} bytes"
    for what in sorted(contract.budget.keys() - {"seconds"}):
        most, seconds = contract.budget[what], contract.budget["seconds"]
        period = f"{seconds:,} seconds" if seconds > 1 else "second"
        yield "budget", f"{most:,} {what} in any {period}"
    for name, value in contract.schema["properties"].items():
        if CONST in value:
            yield "in every order", code({name: value[CONST]})


def _best(urls: Mapping[str, str]) -> str:
    return urls.get("production") or next(iter(urls.values()))


def _body(contract: Contract) -> str:
    if contract.envelope.members is None:
        return "a bare JSON array of orders"
    return code({name: value or ["…"] for name, value in contract.envelope.members.items()})


def _headers(contract: Contract) -> str:
    parts = [code(f"{name}: {value}") for name, value in contract.headers.items()]
    if basic := contract.basic_auth:
        parts.append(f"HTTP Basic, user {code(basic.user)}, password {code(basic.password)}")
    return " and ".join(parts) or "none"


def _settings(contract: Contract) -> Lines:
    rows = [
        (
            code(name),
            "from the environment only" if setting.secret else "plain",
            _default(setting),
            setting.description,
        )
        for name, setting in contract.settings.items()
    ]
    return section("Settings", table(["key in connector.yml", "kind", "default", "meaning"], rows))


def _default(setting: Setting) -> str:
    if setting.same_as:
        return f"as {code(setting.same_as)}"
    return "needed" if setting.default is None else code(setting.default)


def _views(contract: Contract) -> Lines:
    rows = [
        (
            code(f"{contract.destination}__{entity.name}"),
            code(entity.label) if entity.label else "the order itself",
            ", ".join(map(code, entity.keys)),
            _need(entity),
            entity.list_schema.get("description", "One row per order."),
        )
        for entity in contract.entities()
    ]
    return section("Views", table(["view", "in the payload", "keys", "need", "rows"], rows))


def _need(entity: Entity) -> str:
    schema = entity.list_schema
    parts = ["required" if entity.required else "optional"]
    parts += ["no two equal"] if schema.get("uniqueItems") else []
    parts += [f"at most {schema['maxItems']:,}"] if "maxItems" in schema else []
    return ", ".join(parts)


def _fields(contract: Contract) -> Lines:
    checks = of_contract(contract)
    for entity in contract.entities():
        title = f"Columns of `{contract.destination}__{entity.name}`"
        yield from section(title, _columns(entity, checks))
    if any(check.is_ours for check in checks):
        yield (
            "What is marked \\* is stricter than the vendor, so that `rules:` in connector.yml may "
            "loosen it; the name of a rule is the field, a point and the word here, with the list "
            "before it where there is one: `customer.id.maxLength`, `refunds.quantity.minimum`."
        )
        yield ""


def _columns(entity: Entity, checks: Sequence[Check]) -> Lines:
    heads = ["column", "type", "need", "constraint", "a broken value", "meaning", "source"]
    yield from table(heads, described(entity, checks))
    for path, _ in open_objects(entity.schema):
        start = "".join(f"{name}__" for name in path)
        yield f"Any other column that begins with `{start}` is sent under what follows, as a text."
        yield ""
    for combination in entity.schema.get("allOf", ()):
        yield f"* {combination['x-message']}"
    if entity.schema.get("allOf"):
        yield ""
    hidden = [(code(name), schema.get("description", "")) for name, schema in entity.hidden.items()]
    yield from table(["read, but never sent", "meaning"], hidden)


def _rules(contract: Contract) -> Lines:
    sources = [rule.get("x-source", "") for rule in contract.schema.get("x-rules", ())]
    rows = [
        (
            code(check.rule) + ("\\*" if check.is_ours else ""),
            COSTS[check.cost],
            code(" ".join(check.condition.split())),
            check.message,
            source,
        )
        for check, source in zip(rule_checks(contract), sources, strict=True)
    ]
    heads = ["rule", "an order that breaks it", "broken when", "what is said", "source"]
    return section("Rules across columns", table(heads, rows))


def _identity(contract: Contract) -> Lines:
    rows = [
        (code(f"{contract.destination}__{entity.name}"), ", ".join(map(code, entity.identity)))
        for entity in contract.entities()
        if entity.identity
    ]
    lines = [*table(["view", "first-sent values are sent again for ever"], rows)]
    if steady := ", ".join(map(code, contract.orders.steady)):
        told = "is warned of and sent, or with `on_identity_change: freeze` as it was sent before"
        lines += [f"Another value of {steady} {told}.", ""]
    for column, values in contract.forward.items():
        order = " → ".join(map(code, values))
        lines += [f"{code(column)} goes forward only, unless `allow_backwards: true`: {order}.", ""]
    if contract.closed:
        values = ", ".join(
            f"{code(name)} {', '.join(each)}" for name, each in contract.closed.items()
        )
        told = "is not sent again for personal data alone, unless `on_contact_change: send`"
        lines += [f"A closed order ({values}) {told}.", ""]
    return section("What must not change", lines)


def _answers(contract: Contract) -> Lines:
    rows = _rows(contract, "x-answers", ["status", "body", "means"])
    return section("Answers", [*rows, *success(contract)])


def _operation(contract: Contract) -> Lines:
    advice = [f"* {text}" for text in contract.schema.get("x-operation", ())]
    return section("Operation", [*advice, ""] if advice else [])


def _open_points(contract: Contract) -> Lines:
    return section("Open points", _rows(contract, "x-open-points", ["id", "question", "choice"]))


def _rows(contract: Contract, key: str, heads: Sequence[str]) -> Lines:
    rows: list[dict[str, Any]] = contract.schema.get(key, [])
    return table(heads, [[_cell(head, row.get(head, "")) for head in heads] for row in rows])


def _cell(head: str, value: object) -> object:
    return code(value) if head == "body" and value else value


def _sources(contract: Contract) -> Lines:
    sources = contract.schema.get("x-sources", {})
    return section("Sources", table(["source", "what it is"], sources.items()))

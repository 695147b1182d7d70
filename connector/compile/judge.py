"""SQL that judges orders by the contract: the JSON Schema keywords and the rules across fields."""

from collections.abc import Callable, Iterator, Sequence

from connector.compile import held, quote
from connector.compile.check import Check, dotted
from connector.compile.objects import NO_ITEMS, of_list, of_object
from connector.compile.stage import RANK, sliced
from connector.contract import Contract
from connector.entity import Entity, Field
from connector.settings import Policy

Numbered = Sequence[tuple[int, Check]]


def compiled(contract: Contract, policy: Policy) -> tuple[list[Check], list[str]]:
    """Return every check of a contract, and selects of (order_id, number) that find what breaks it.

    A check's number is its place in the list; the selects look at the orders whose ranks lie
    between `$first` and `$last`. Orders are judged against what was last sent of them too, if the
    contract remembers that.
    """
    found: list[Check] = []
    selects: list[str] = []
    for find, select in _KINDS:
        numbered = list(enumerate(find(contract), start=len(found)))
        found += [check for _, check in numbered]
        selects += select(contract, numbered)
    for check, orders in held.checks(contract, policy):
        selects.append(f"select order_id, {len(found)} as number from ({orders})")
        found.append(check)
    return found, selects


def checks(contract: Contract) -> list[Check]:
    """Return every check of a contract that looks at one row: what the schema says of values."""
    return [
        check
        for entity in contract.entities()
        for check in of_object(entity, entity.schema, (), None)
    ]


def list_checks(contract: Contract) -> list[Check]:
    """Return every check of a contract that looks at the rows of a child entity together.

    Conditions are over `items` and `distinct_items`, the counts of one list, null where there is
    no list.
    """
    return [
        check
        for entity in contract.entities()
        for child in entity.children
        for check in of_list(entity, child)
    ]


def rule_checks(contract: Contract) -> list[Check]:
    """Return the contract's rules across fields as checks."""
    return [
        Check(
            rule.rule if rule.rule.startswith(entity.label) else f"{entity.label}.{rule.rule}",
            rule.entity,
            dotted(entity, (rule.field,)),
            rule.severity,
            rule.message,
            rule.violated_when,
        )
        for rule in contract.rules
        for entity in contract.entities()
        if entity.name == rule.entity
    ]


def violations(contract: Contract, entity: Entity, checks_of_entity: Numbered) -> str:
    """Return a select of (order_id, number): the checks that one entity's staged rows break."""
    key = quote(contract.key)
    broken = ", ".join(
        f"case when {check.condition} then {number} end" for number, check in checks_of_entity
    )
    anything = " or ".join(f"({check.condition})" for _, check in checks_of_entity)
    return (
        f"select distinct order_id, number from (select {key} as order_id, "
        f"unnest([{broken}]) as number from {sliced(entity)} where {anything}) "
        "where number is not null"
    )


def list_violations(contract: Contract, number: int, check: Check) -> str:
    """Return a select of (order_id, number) over the lists of one child entity."""
    parent, child = next(
        (parent, child)
        for parent in contract.entities()
        for child in parent.children
        if child.name == check.entity
    )
    keys = ", ".join(map(quote, (RANK, *child.keys[1:])))
    row = ", ".join(map(_as_rendered, child.fields))
    found = (
        f"select distinct {quote(contract.key)} as order_id, {number} as number "
        f"from {sliced(parent)}"
    )
    if check.condition == NO_ITEMS:  # to count the items of every list would take far longer
        return f"{found} anti join {sliced(child)} using ({keys})"
    return (
        f"{found} left join (select {keys}, count(*) as items, "
        f"count(distinct row({row})) as distinct_items "
        f"from {sliced(child)} group by {keys}) "
        f"using ({keys}) where {check.condition}"
    )


def rule_violations(contract: Contract, number: int, check: Check) -> str:
    """Return a select of (order_id, number); a rule names the entities as the contract does."""
    name = quote(check.entity)
    names = ", ".join(f"{quote(entity.name)} as {sliced(entity)}" for entity in contract.entities())
    return (
        f"with {names} select distinct {name}.{quote(contract.key)} as order_id, "
        f"{number} as number from {name} where {check.condition}"
    )


def _row_selects(contract: Contract, numbered: Numbered) -> Iterator[str]:
    for entity in contract.entities():
        own = [(number, check) for number, check in numbered if check.entity == entity.name]
        if own:
            yield violations(contract, entity, own)


def _list_selects(contract: Contract, numbered: Numbered) -> Iterator[str]:
    return (list_violations(contract, number, check) for number, check in numbered)


def _rule_selects(contract: Contract, numbered: Numbered) -> Iterator[str]:
    return (rule_violations(contract, number, check) for number, check in numbered)


_KINDS: tuple[
    tuple[Callable[[Contract], list[Check]], Callable[[Contract, Numbered], Iterator[str]]], ...
] = ((checks, _row_selects), (list_checks, _list_selects), (rule_checks, _rule_selects))


def _as_rendered(field: Field) -> str:
    """Return a column so that two values are equal when the payload says the same of them."""
    column = quote(field.column)
    return f"date_trunc('second', {column})" if field.kind == "timestamp" else column

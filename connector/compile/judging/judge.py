"""SQL that judges orders by the contract: the JSON Schema keywords and the rules across fields."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from connector.compile import Columns, quote
from connector.compile.judging import identity
from connector.compile.judging.check import ALL_STAGED, Check, Search, Staged, by_rank
from connector.compile.judging.objects import NO_ITEMS, as_rendered, of_list, of_object
from connector.compile.judging.rules import rule_checks
from connector.compile.reading.stage import RANK, sliced
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.settings.settings import Policy

SUSPECTS = "select rank from work.suspects"
Numbered = Sequence[tuple[int, Check]]


def compiled(
    contract: Contract,
    policy: Policy,
    columns: Columns,
    ranks: str = "",
    staged: Staged = ALL_STAGED,
) -> tuple[list[Check], list[Search]]:
    """Return every check of a contract, and the searches that find violations.

    A check's number is its place in the list. The searches cover the orders whose ranks lie between
    `$first` and `$last` and, when `ranks` is given, are among those. Orders are also judged against
    their last sent payloads, if the contract remembers them.
    """
    found, searches = of_rows(contract, policy, ranks, staged.empty)
    for check, orders in identity.checks(contract, policy, columns, ranks):
        if staged.is_known:
            sql = f"select order_id, {len(found)} as number from ({orders})"
            searches.append(Search(sql))
        found.append(check)
    return found, searches


def of_rows(
    contract: Contract, policy: Policy, ranks: str = "", empty: Collection[str] = ()
) -> tuple[list[Check], list[Search]]:
    """Return the first checks of a contract, which read only the orders, and their searches.

    Rows of the entities in `empty` are not looked for: there are none.
    """
    found: list[Check] = []
    searches: list[Search] = []
    for (_, look), own in zip(_KINDS, _of_kinds(contract), strict=True):
        kind = [check for check in costed(own, policy.rules) if check.cost != "off"]
        numbered = list(enumerate(kind, start=len(found)))
        found += kind
        looked_for = [
            (number, check)
            for number, check in numbered
            if check.entity not in empty or check.condition == NO_ITEMS
        ]
        searches += look(contract, looked_for, ranks)
    return found, searches


def of_contract(contract: Contract) -> list[Check]:
    """Return every check of the contract itself, at its default cost."""
    return [check for own in _of_kinds(contract) for check in own]


@lru_cache(maxsize=16)
def _of_kinds(contract: Contract) -> list[list[Check]]:
    """Return the checks of each kind; settings and plans ask for those of the same contract."""
    return [find(contract) for find, _ in _KINDS]


def effective(contract: Contract, policy: Policy) -> Iterator[Check]:
    """Yield every check of the contract itself, at the cost that the policy sets."""
    return costed(of_contract(contract), policy.rules)


def costed(checks: Iterable[Check], rules: Mapping[str, str]) -> Iterator[Check]:
    """Yield the checks with the costs that `rules` sets."""
    return (
        replace(check, cost=rules[check.rule]) if check.rule in rules else check for check in checks
    )


def checks(contract: Contract) -> list[Check]:
    """Return every check of single rows: the schema's keywords for values."""
    return [
        check
        for entity in contract.entities()
        for check in of_object(entity, entity.schema, (), None)
    ]


def list_checks(contract: Contract) -> list[Check]:
    """Return every check of whole lists, the rows of a child entity together.

    Conditions use `items` and `distinct_items`, the counts of one list; both are null where there
    is no list.
    """
    return [
        check
        for entity in contract.entities()
        for child in entity.children
        for check in of_list(entity, child)
    ]


def violations(
    contract: Contract, entity: Entity, checks_of_entity: Numbered, ranks: str = ""
) -> Search:
    """Return the search for checks that staged rows of one entity break.

    Each condition stands there once: to bind them takes longer than all else of a small run.
    """
    key, name = quote(contract.key), quote(entity.name)
    broken = ", ".join(f"case when {check.condition} then {n} end" for n, check in checks_of_entity)
    anything = " or ".join(f"({check.condition})" for _, check in checks_of_entity)
    return Search(
        f"select distinct order_id, number from (select {key} as order_id, "
        f"unnest([{broken}]) as number from {sliced(entity, SUSPECTS)} as {name}) "
        "where number is not null",
        f"select {quote(RANK)} from {sliced(entity, ranks)} as {name} where {anything}",
    )


def list_violations(contract: Contract, number: int, check: Check, ranks: str = "") -> Search:
    """Return the search over the lists of one child entity."""
    parent, child = next(
        (parent, child)
        for parent in contract.entities()
        for child in parent.children
        if child.name == check.entity
    )
    keys = ", ".join(map(quote, (RANK, *child.keys[1:])))
    row = ", ".join(map(as_rendered, child.fields))
    found = (
        f"select distinct {quote(contract.key)} as order_id, {number} as number "
        f"from {sliced(parent, ranks)}"
    )
    if check.condition == NO_ITEMS:  # counting the items of every list would take far longer
        return Search(f"{found} anti join {sliced(child, ranks)} using ({keys})")
    return Search(
        f"{found} inner join (select {keys}, count(*) as items, "
        f"count(distinct row({row})) as distinct_items "
        f"from {sliced(child, ranks)} group by {keys}) "
        f"using ({keys}) where {check.condition}"
    )


def rule_violations(contract: Contract, number: int, check: Check, ranks: str = "") -> Search:
    """Return the search for a rule that uses the contract's names of entities.

    A rule of a list sees only the orders that have such a list, unless it compares orders with each
    other.
    """
    name = quote(check.entity)
    rows = {entity.name: sliced(entity, ranks) for entity in contract.entities()}
    if name != quote(contract.orders.name) and not check.whole_view:
        near = f" where {quote(RANK)} in (select {quote(RANK)} from {rows[check.entity]})"
        others = rows.keys() - {check.entity}
        rows |= {other: f"(from {rows[other]}{near})" for other in others}
    names = ", ".join(f"{quote(each)} as {found}" for each, found in rows.items())
    return Search(
        f"with {names} select distinct {name}.{quote(contract.key)} as order_id, "
        f"{number} as number from {name} where {by_rank(contract, check.condition)}"
    )


def _rows(contract: Contract, numbered: Numbered, ranks: str) -> Iterator[Search]:
    for entity in contract.entities():
        own = [(number, check) for number, check in numbered if check.entity == entity.name]
        if own:
            yield violations(contract, entity, own, ranks)


def _lists(contract: Contract, numbered: Numbered, ranks: str) -> Iterator[Search]:
    return (list_violations(contract, number, check, ranks) for number, check in numbered)


def _rules(contract: Contract, numbered: Numbered, ranks: str) -> Iterator[Search]:
    # A rule that needs the whole view cannot be judged on a part of it.
    wanted = [(n, check) for n, check in numbered if not (check.whole_view and ranks)]
    # Binding a statement costs more than running it over a few orders.
    alone = [(n, check) for n, check in wanted if not check.looks_around]
    yield from _rows(contract, alone, ranks)
    yield from (
        rule_violations(contract, n, check, ranks) for n, check in wanted if check.looks_around
    )


_Find = Callable[[Contract], list[Check]]
_Look = Callable[[Contract, Numbered, str], Iterator[Search]]
_KINDS: tuple[tuple[_Find, _Look], ...] = (
    *((checks, _rows), (list_checks, _lists), (rule_checks, _rules)),
)

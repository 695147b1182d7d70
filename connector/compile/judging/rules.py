"""The rules of a contract that look at several fields, as checks."""

from connector.compile.judging.check import Check
from connector.compile.judging.remedy import dotted, left_out
from connector.contract.contract import Contract
from connector.contract.entity import Entity
from connector.contract.requests import Rule
from connector.contract.schema import SEVERITIES


def rule_checks(contract: Contract) -> list[Check]:
    """Return the contract's rules across fields as checks; rules that never refuse are ours."""
    entities = {entity.name: entity for entity in contract.entities()}
    return [_of_rule(entities[rule.entity], rule) for rule in contract.rules]


def _of_rule(entity: Entity, rule: Rule) -> Check:
    path = tuple(rule.field.split("__"))
    is_field = any(field.path[: len(path)] == path for field in entity.fields)
    return Check(
        rule=rule.rule if rule.rule.startswith(entity.label) else f"{entity.label}.{rule.rule}",
        entity=rule.entity,
        field=dotted(entity, path),
        cost=SEVERITIES[rule.severity],
        message=rule.message,
        condition=rule.violated_when,
        is_ours=rule.ours or rule.severity == "warning",
        leave_out=left_out(entity, path if is_field else ()),
        is_across=True,
        whole_view=rule.whole_view,
    )

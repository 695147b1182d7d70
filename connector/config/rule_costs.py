"""Reads `rules:` of connector.yml: what breaking a rule costs in this project."""

from connector.compile.judging.check import Check
from connector.compile.judging.judge import of_contract
from connector.contract.contract import Contract
from connector.contract.ownership import COSTS
from connector.exceptions import ContractError
from connector.text.names import nearest
from connector.text.yaml_file import Section


def rule_costs(contract: Contract, section: Section) -> dict[str, str]:
    """Return what breaking a rule costs in this project, by rule; the vendor's stay as strict.

    Raises ConfigError for what is not known or cannot be, and ContractError for a contract that
    names a cost which a rule of it cannot have.
    """
    checks = {check.rule: check for check in of_contract(contract)}
    for check in checks.values():
        if check.cost not in ("refuse", *check.choices):
            reason = f"cannot cost {check.cost!r}, since nothing optional holds it"
            choices = f"use one of {', '.join(check.choices)}"
            raise ContractError(f"{contract.path}: {check.rule} {reason}; {choices}")
    section.known(checks)
    return {name: _cost(checks[name], section) for name in section.values}


def _cost(check: Check, section: Section) -> str:
    # YAML reads `off` as false.
    value = "off" if section.values[check.rule] is False else section.values[check.rule]
    if value in check.choices:
        return str(value)
    choices = f"use one of {', '.join(check.choices)}"
    if value in COSTS and not check.is_ours:
        only = choices if len(check.choices) > 1 else f"it stays {check.cost}"
        raise section.wrong(
            check.rule, f"is {value!r}, but the rule is the vendor's and cannot be loosened; {only}"
        )
    if value in COSTS:
        raise section.wrong(check.rule, f"is {value!r}, which this rule cannot cost; {choices}")
    raise section.wrong(check.rule, f"is {value!r}{nearest(str(value), COSTS)}; {choices}")

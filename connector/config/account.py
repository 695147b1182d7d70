"""Which API and account a key of `destinations:` means."""

from collections.abc import Mapping

from connector.contract.contract import Contract
from connector.ledger.places import ACCOUNT
from connector.text.names import nearest
from connector.text.yaml_file import Section


def contract_of(contracts: Mapping[str, Contract], destinations: Section, name: str) -> Contract:
    """Return the contract of an account: `destination:` names it, or else the account's own name.

    Raises ConfigError for an unknown contract, or for a name that cannot be part of a file name.
    """
    section = destinations.section(name)
    if "destination" not in section.values:
        if name not in contracts:
            correct = f"is not known{nearest(str(name), contracts)}; correct or remove it"
            advice = f"or say whose account it is, as `destination: {next(iter(contracts))}`"
            raise destinations.wrong(name, f"{correct}, {advice}")
        return contracts[name]
    if not ACCOUNT.fullmatch(name):
        raise destinations.wrong(name, "is not a valid name; use a-z, 0-9 and _ for an account")
    wanted = section.one_of("destination", tuple(contracts))
    if name in contracts and name != wanted:
        other = f"is {wanted!r}, but {name!r} is a destination itself"
        raise section.wrong("destination", f"{other}; give the account another name")
    return contracts[wanted]


def unsuited(name: str, contract: Contract, environment: str | None) -> str:
    """Return why an account lacks an environment of the command line, or None."""
    known = contract.environments
    if environment is None or environment in known:
        return ""
    choice = f"{nearest(environment, known)}; it has {', '.join(known)}"
    return f"{name} has no environment {environment!r}{choice}"

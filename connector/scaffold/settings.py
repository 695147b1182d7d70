"""Writes connector.yml from the contracts of the chosen destinations."""

from collections.abc import Iterator, Sequence

from connector.contract.contract import Contract

_HEADING = "# The destinations of this project; the README of the connector describes every key.\n"


def settings_yaml(contracts: Sequence[Contract], environment: str) -> str:
    """Return the whole of connector.yml."""
    blocks = "".join(destination_yaml(contract, environment) for contract in contracts)
    return f"{_HEADING}destinations:\n{blocks}"


def destination_yaml(contract: Contract, environment: str) -> str:
    """Return the lines of one destination, indented for the section `destinations:`."""
    known = ", ".join(contract.environments)
    lines = [f"  {contract.destination}:", f"    environment: {environment} # one of {known}"]
    return "\n".join([*lines, *_settings(contract)]) + "\n"


def variables(contract: Contract) -> dict[str, str]:
    """Return the environment variable of each required setting."""
    return {
        name: f"{contract.destination}_{name}".upper()
        for name, setting in contract.settings.items()
        if setting.default is None and setting.same_as is None
    }


def _settings(contract: Contract) -> Iterator[str]:
    needed = variables(contract)
    for name, setting in contract.settings.items():
        said = setting.description + ("" if setting.secret else "; may stand here in plain text")
        if name in needed:
            yield f"    {name}: ${{{needed[name]}}} # {said}"
        else:
            other = setting.default or f"${{{needed[setting.same_as or name]}}}"
            yield f"    # {name}: {other} # {said}"

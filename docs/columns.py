"""The descriptions of a destination's views as dbt's doc blocks, one for each column."""

from collections.abc import Iterator

from connector.contract.contract import Contract
from connector.contract.entity import Entity

_HEAD = "What the contract says of the columns; `make docs` writes this file."


def blocks(contract: Contract) -> str:
    """Return the file of doc blocks: `<view>` for a list, `<view>__<column>` for a column."""
    found = {
        name: text
        for entity in contract.entities()
        for name, text in _described(contract, entity).items()
    }
    texts = [f"{{% docs {name} %}}{text}{{% enddocs %}}" for name, text in found.items()]
    return "\n\n".join([_HEAD, *texts]) + "\n"


def _described(contract: Contract, entity: Entity) -> dict[str, str]:
    view = f"{contract.destination}__{entity.name}"
    described = {view: entity.list_schema.get("description", "")} if entity.label else {}
    return described | {f"{view}__{name}": text for name, text in _columns(contract, entity)}


def _columns(contract: Contract, entity: Entity) -> Iterator[tuple[str, str]]:
    """Yield column and description: keys, which parents describe, then fields, then hidden ones."""
    for parent in contract.entities():
        for field in parent.fields:
            if field.column in entity.keys and entity.label.startswith(parent.label):
                yield field.column, field.schema.get("description", "")
    for field in entity.fields:
        yield field.column, field.schema.get("description", "")
    for column, schema in entity.hidden.items():
        yield column, schema.get("description", "")

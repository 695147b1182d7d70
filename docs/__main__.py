"""Writes what follows from the contracts: pages, column descriptions, the settings' schema."""

from pathlib import Path

from connector.config import schema
from connector.config.config import destinations_path
from connector.contract.contract import Contract
from connector.destinations import contracts
from docs import schedule_texts
from docs.columns import blocks
from docs.page import page

ROOT = Path(__file__).parents[1]


def generated(contract: Contract, root: Path = ROOT) -> dict[Path, str]:
    """Return path and text of each file that follows from a contract.

    The descriptions stand beside the destination's models, so that they need its folder.
    """
    name = contract.destination
    found = {root / "docs" / "destinations" / f"{name}.md": page(contract)}
    models = root / "models" / "destinations" / name
    if models.is_dir():
        found[models / f"_{name}__columns.md"] = blocks(contract)
    return found


def main() -> None:
    """Write the files of every destination, those of the project's own contracts included."""
    known = contracts(destinations_path(ROOT / "connector.yml"))
    files = {path: text for each in known.values() for path, text in generated(each).items()}
    page = schedule_texts.PAGE
    files[page] = schedule_texts.filled(page.read_text(encoding="utf-8"))
    for path, text in {**files, ROOT / schema.FILE: schema.text(known)}.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

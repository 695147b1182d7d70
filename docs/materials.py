"""Writes what of others is installed with the connector: licences, and a bill of materials.

`python -m docs.materials` writes the list of licences, `python -m docs.materials FILE` the bill, as
CycloneDX 1.5. Both go by requirements.lock and by what is installed.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
LICENCES = ROOT / "THIRD_PARTY_LICENCES.md"
OURS = "order-connector"
SHORT = 60  # characters of a licence's name; what is longer is its text
EXTRAS = (
    "dbt",
    "metrics",
    "page",
    "sandbox",
)  # that users install; `dev` and `schedulers` are not ours
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")


@dataclass(frozen=True)
class Package:
    """A package of requirements.lock: normalised name, version, SHA-256 of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def licence(self) -> str:
        """Return what the installed package says of its licence."""
        found = distribution(self.name).metadata
        classified = [
            text.rpartition(" :: ")[2]
            for text in found.get_all("Classifier") or []
            if text.startswith("License :: ")
        ]
        told = [*(found.get_all("License-Expression") or []), *(found.get_all("License") or [])]
        short = [str(each) for each in told if each and len(each) <= SHORT and "\n" not in each]
        return (short or [" or ".join(classified) or "see its files"])[0]


def locked() -> dict[str, Package]:
    """Return the packages of requirements.lock by name."""
    found = {}
    for entry in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8")):
        name, mark, rest = entry.partition("==")
        if mark:
            hashes = tuple(re.findall("sha256:([0-9a-f]{64})", rest))
            package = Package(_normal(name), re.split(r"[\s;\\]", rest)[0], hashes)
            found[package.name] = package
    return found


def shipped() -> list[Package]:
    """Return those that are installed with the connector and what its users choose of it."""
    known, found = locked(), set[str]()
    waiting: list[tuple[str, tuple[str, ...]]] = [(OURS, EXTRAS)]
    while waiting:
        name, extras = waiting.pop()
        for needed, also in _needs(name, extras):
            if needed in known and needed not in found and find(needed):
                found.add(needed)
                waiting.append((needed, also))
    return [known[name] for name in sorted(found)]


def _needs(name: str, extras: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for requirement in distribution(name).requires or []:
        text, _, condition = requirement.partition(";")
        extra = _EXTRA.search(condition)
        if extra is None or extra[1] in extras:
            own = re.search(r"\[(.*?)\]", text)
            also = tuple(own[1].replace(" ", "").split(",")) if own else ()
            yield _normal(_NAME.match(text.strip())[0]), also  # type: ignore[index]


def find(name: str) -> bool:
    """Return whether a package is installed: some are for other systems only."""
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def licences() -> str:
    """Return the page of licences."""
    rows = "".join(f"| {each.name} | {each.version} | {each.licence} |\n" for each in shipped())
    return (
        "# Third-party licences\n\n"
        "The connector is under [Apache-2.0](LICENSE). None of these packages is part of it: pip "
        "installs them with it, those of dbt, the sandbox, the page and metrics when asked for.\n"
        "The style sheet of pages is Pico CSS (MIT); "
        "[its licence](connector/web/static/pico.LICENSE.md) lies beside it.\n"
        "The sample's data are CC BY 4.0, see [sample/README.md](sample/README.md). "
        "`make licences` writes this page.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}"
    )


def bill() -> dict[str, Any]:
    """Return the bill of materials of a release."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": _component(OURS, version(OURS), "Apache-2.0", ())},
        "components": [
            _component(each.name, each.version, each.licence, each.hashes) for each in shipped()
        ],
    }


def _component(name: str, release: str, licence: str, hashes: tuple[str, ...]) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{release}"
    return {
        "type": "application" if name == OURS else "library",
        "bom-ref": purl,
        "name": name,
        "version": release,
        "purl": purl,
        "licenses": [{"license": {"name": licence}}],
        "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
    }


def main(arguments: list[str]) -> None:
    """Write the licences, or the bill into the file that is named."""
    if arguments:
        path, text = Path(arguments[0]), json.dumps(bill(), indent=2) + "\n"
    else:
        path, text = LICENCES, licences()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Writes the seeds and macros that follow from the libraries phonenumbers and pycountry."""

from pathlib import Path

from seeds.currencies import currencies
from seeds.files import files

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write each file."""
    for path, text in {**files(), **currencies()}.items():
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()

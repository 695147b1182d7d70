"""Writes the seed and the macros that follow from the library phonenumbers."""

from pathlib import Path

from seeds.files import files

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write each file."""
    for path, text in files().items():
        (ROOT / path).write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()

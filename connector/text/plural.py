"""Counts in words."""


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 order`, `2,000 orders`, `3 retries`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ry") else f"{number:,} {noun}s"


def counted_are(number: int, noun: str) -> str:
    """Return a number with its noun and verb: `1 order is`, `2 orders are`."""
    return f"{counted(number, noun)} {'is' if number == 1 else 'are'}"


def counted_stand(number: int, noun: str) -> str:
    """Return a number with its noun and verb: `1 order stands`, `2 orders stand`."""
    return f"{counted(number, noun)} stand{'s' if number == 1 else ''}"

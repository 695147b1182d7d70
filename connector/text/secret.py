"""A value that never prints."""


class Secret:
    """Holds a secret; only `reveal` gives it out, no text, log or traceback shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._value

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        """Refuse to be copied or written anywhere."""
        raise TypeError("a secret cannot be copied")

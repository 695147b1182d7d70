"""Whether the parts of a batch may fare better after all of its attempts came to nothing."""

from connector.http.answer import Answer

EXHAUSTED = 3  # parts in a row without an answer: the destination is unavailable


class Patience:
    """Counts the parts in a row whose attempts all failed."""

    def __init__(self) -> None:
        self._exhausted = 0

    def renew(self) -> None:
        """Note that the destination answered."""
        self._exhausted = 0

    def is_over(self, answer: Answer, *, outlasts: bool, is_taking: bool) -> bool:
        """Return whether nothing more is to be tried after one more part came to nothing.

        `outlasts` says whether the destination asks to be left alone until after the deadline,
        `is_taking` whether it took other orders.
        """
        self._exhausted += 1
        # A limit, or a time to stay away, is for all.
        if answer.status == 429 or outlasts or self._exhausted >= EXHAUSTED:  # noqa: PLR2004
            return True
        return answer.status is None and not (answer.in_doubt and is_taking)

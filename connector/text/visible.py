"""Makes foreign text harmless to show: nothing in it acts on a terminal or ends a line of a log."""

import json
import re

# C0 and C1 controls (ESC, NUL, line ends, CSI), marks of direction, invisible letters, ends
# of lines and paragraphs, halves of characters, tags.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    r"""Return the text with each such character written as JSON writes it: \u001b, \u202e."""
    return _ACTING.sub(lambda found: json.dumps(found[0])[1:-1], text)

"""How far the tests go that could go on for ever: usually, and with `--long`.

Kills are those of all destinations: six of ten at Northbeam, two each at Triple Whale and at Yespo.
"""

USUAL = {"kills": 10, "steps": 2_000}
LONG = {"kills": 80, "steps": 10_000}

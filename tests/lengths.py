"""How far the tests go that could go on for ever: usually, and with `--long`."""

USUAL = {"kills": 10, "steps": 1_500}
LONG = {"kills": 50, "steps": 10_000}

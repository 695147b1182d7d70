"""Which faults are on: by kind, by budget, by order."""

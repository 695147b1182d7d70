"""What values look like as text: YAML, names, durations, amounts, and what must not be seen."""

"""Reads and writes values as text: YAML, names, durations, amounts; hides what must not be seen."""

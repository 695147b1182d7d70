"""The dashboard: read-only pages on this machine that show what the library returns."""

"""The dashboard: a read-only page on this machine over what the library says."""

"""Reads the views of a DuckDB file, which is attached while it is read: the default."""

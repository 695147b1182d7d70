"""Reads the views of a PostgreSQL database, in one snapshot over all of them."""

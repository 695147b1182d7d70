"""Reads what dbt says of its last runs: how fresh its sources are, and which tests warned."""

"""Runs DuckDB inside our own process: connections, transactions, and where they may spill."""

"""Measures the connector as whole processes beside what else could send the same orders."""

"""Holds what a user sets for a destination."""

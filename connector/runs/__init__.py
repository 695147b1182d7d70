"""Carries out one run from start to end."""

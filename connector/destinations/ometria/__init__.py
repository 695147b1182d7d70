"""Ometria, by its contract alone."""

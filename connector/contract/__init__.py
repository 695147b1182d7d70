"""Reads and checks contracts: what a destination takes."""

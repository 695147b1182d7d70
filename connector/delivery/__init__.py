"""Sends batches, and records what became of each order."""

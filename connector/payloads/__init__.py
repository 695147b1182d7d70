"""Turns planned orders into batches of bytes."""

"""Planned orders become batches of bytes."""

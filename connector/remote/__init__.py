"""Stores ledgers beyond their machine: packed blocks, a journal and a lock, as blobs."""

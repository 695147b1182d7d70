"""Stores ledgers beyond their machine: blocks, a journal and a lock in a store of blobs."""

"""Batches become answers, and answers become outcomes."""

"""The destinations that answer in their own way; all others answer as `handling` does."""

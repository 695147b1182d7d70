"""Reads connector.yml, and says what is wrong in it."""

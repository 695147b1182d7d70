"""Stores named bytes in a folder, a bucket or PostgreSQL, by five operations."""

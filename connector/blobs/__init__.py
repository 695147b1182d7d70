"""Named bytes in a folder, a bucket or PostgreSQL, by five verbs."""

"""What a user sets for a destination."""

"""What destinations answer queries from, one module a destination."""

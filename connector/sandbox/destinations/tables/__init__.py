"""What destinations answer queries from, one module per destination."""

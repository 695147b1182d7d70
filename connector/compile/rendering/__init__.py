"""SQL that renders orders as JSON, and reads the last sent payloads."""

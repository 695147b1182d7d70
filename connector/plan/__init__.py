"""What must be sent."""

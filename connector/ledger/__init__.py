"""What was delivered, and where that is kept."""

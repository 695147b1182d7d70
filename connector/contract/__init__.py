"""What a destination takes: its contract, read and checked."""

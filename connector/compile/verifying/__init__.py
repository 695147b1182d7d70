"""SQL that compares what a destination holds with what it should hold."""

"""What is checked before the first send, and why a plan is as it is."""

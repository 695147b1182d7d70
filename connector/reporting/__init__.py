"""What people and their monitoring are told."""

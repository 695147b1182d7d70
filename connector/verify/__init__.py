"""Reads back what a destination holds, and compares it with the views."""

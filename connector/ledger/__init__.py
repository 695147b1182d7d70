"""Remembers what was delivered, and keeps that safe."""

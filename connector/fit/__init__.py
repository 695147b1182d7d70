"""Judges whether the columns of views fit the contract, and suggests SQL that makes them fit."""

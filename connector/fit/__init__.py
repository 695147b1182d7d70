"""Judges whether the columns of views fit the contract, and says with which SQL they would."""

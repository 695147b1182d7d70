"""Yespo (eSputnik): a platform of customer data and messages."""

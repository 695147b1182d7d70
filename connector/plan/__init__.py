"""Decides what must be sent: compares the views with the ledger, and judges every order."""

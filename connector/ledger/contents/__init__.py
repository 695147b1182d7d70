"""What stands in a ledger: its tables, and the statements that write them."""

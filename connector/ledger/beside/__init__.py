"""The small files beside a ledger, which other processes can read while it is held."""

"""Triple Whale: its contract and what its answers mean."""

"""Plans what takes orders back: removals and withdrawals."""

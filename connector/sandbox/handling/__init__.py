"""What becomes of a call: the orders are kept, changed, given back or refused."""

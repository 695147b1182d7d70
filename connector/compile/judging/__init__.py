"""SQL that judges orders by the contract, and mends what is optional and broken."""

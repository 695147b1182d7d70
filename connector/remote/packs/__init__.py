"""How a ledger's file is kept in a store: its blocks in packs, and a list of where each is."""

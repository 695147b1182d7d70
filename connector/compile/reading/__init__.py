"""SQL that reads the views: the orders that may differ, their fingerprints, their rows."""

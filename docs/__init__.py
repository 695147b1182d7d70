"""Documentation, and what writes those pages that follow from the contracts."""

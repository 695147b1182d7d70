"""Where the seeds that follow from a library come from."""

"""Makes one request: paced, sent within its time, answered, counted."""

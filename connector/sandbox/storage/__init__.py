"""What the sandbox holds, and what it tells about it."""

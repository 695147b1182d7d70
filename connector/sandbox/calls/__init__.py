"""One call as it came: who calls, what it says, how it is judged."""

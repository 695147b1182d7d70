"""The sample: real orders as a raw order management system would keep them, see README.md."""

"""Reads the views of a Spark cluster by Spark Connect; hashes are computed and compared there."""

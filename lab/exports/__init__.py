"""Exports: an artist as a file that other engines read, and a reader that checks every file."""

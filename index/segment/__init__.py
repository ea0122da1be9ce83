"""Segments: what is known of a share of the questions, as arrays in memory-mapped files."""

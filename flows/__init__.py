"""Decide and act: the flows, cross-post detection, checks, the command line."""

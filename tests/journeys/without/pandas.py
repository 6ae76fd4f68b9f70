"""Stands in pandas' place for the commands under test, which then do without it, as a person's do.

Only tests install pandas; pyarrow imports it wherever it is, which took half a second of each
command that seals something.
"""

raise ImportError("no pandas here")

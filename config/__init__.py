"""What to watch, and how: settings and sources."""

"""Look: crawl outlets, keep each exchange exactly, read articles out of the bytes."""

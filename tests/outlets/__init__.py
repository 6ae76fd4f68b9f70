"""Three invented outlets that stand for the web: articles, pages, feeds, sitemaps, an API."""

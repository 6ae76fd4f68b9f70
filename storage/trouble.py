"""The catalog's error by itself: who only has to catch it need not wait for SQLAlchemy (0.3 s)."""


class CatalogError(Exception):
    """The catalog cannot be used. The message says what to do."""

"""Values of HTTP header fields, which a stranger wrote: read, or taken as not there."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin


def moment(text: str) -> datetime | None:
    """A date (RFC 9110 §5.6.7) in UTC; None where it is none."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    # Numbers that are too large for a date, and zones that lead out of the calendar, overflow.
    except (ValueError, OverflowError):
        return None


def leads_to(url: str, location: str) -> str | None:
    """Where `Location` leads from `url` (RFC 9110 §10.2.2); None where it is no address."""
    try:
        return urljoin(url, location)
    except ValueError:  # `http://[`
        return None

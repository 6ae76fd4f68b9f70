"""Whether a signature or a time stamp holds, for those who must choose between two of them."""

from flows.checks import Trust
from storage.log import Entry


def signature_holds(trust: Trust, entry: Entry, data: bytes, signature: bytes) -> bool | None:
    """Whether it is of these bytes of a log entry; None where the entry's key is not known."""
    keys = {one.name: one for one in trust.keys}
    if entry.key is None or entry.key not in keys:
        return None
    return keys[entry.key].verifies(data, signature)


def token_holds(trust: Trust, data: bytes, token: bytes) -> bool | None:
    """Whether it stamps these bytes of a log entry; None where no root certificates are known."""
    if trust.roots is None:
        return None
    from storage.timestamps import TimestampError, verify  # 0.3 s to import

    try:
        verify(token, data, trust.roots)
    except (TimestampError, ValueError, TypeError):
        return False
    return True

"""A sign of life in the log, signed, so that silence can be told from a lost log."""

from flows.context import Context
from flows.publication import publish
from storage import layout, log
from storage.identity import sha256_hex


def beat(context: Context) -> tuple[log.Head, log.Entry, list[str]]:
    """Write it and publish the log's new head. Raises StoreError."""
    entry = log.beat(context.store, context.attestation)
    head = log.Head(entry.seq, sha256_hex(context.store.get(layout.log_key(entry.seq))))
    return head, entry, list(publish(context.settings, head))

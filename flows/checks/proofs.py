"""Signatures and time stamps: who vouched for each log entry, and when?

The chain binds each entry to all before it, so one good signature vouches for the entries before
it, too: unsigned ones at the beginning are from the time before there was a key.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from flows.checks.chain import RESTORE
from flows.checks.report import Fault
from storage import layout
from storage.identity import sha256_hex
from storage.log import Entry, Head

LOST_HEAD = (
    "Find out who changed the log, and bring it back from a copy of the archive. If you began a "
    "new archive in this place on purpose, move the old one's file in the home's `heads` away."
)
MAX_APART = timedelta(hours=1)
"""Between an entry's own date and its token's: clocks go wrong by minutes, forgers by days."""


class Verifier(Protocol):
    """A public key."""

    name: str

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly these bytes."""
        ...


class Trust(Struct, frozen=True, kw_only=True):
    """What the auditor knows from elsewhere than the archive."""

    keys: tuple[Verifier, ...] = ()
    roots: Path | None = None
    """PEM file with the roots of time-stamp authorities."""
    heads: tuple[Head, ...] = ()
    """Newest entries of earlier times, as they were noted down or published."""


class Proofs:
    """Takes the log entry by entry, in order, with what vouches for each."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._keys = {key.name: key for key in trust.keys}
        self._seen: dict[int, str] = {}
        self.digests: set[str] = set()
        """SHA-256 of every entry: what signatures and tokens may be named for."""
        self._unsigned = self._unstamped = 0
        self._signed = self._stamped = False
        self.could_not: set[str] = set()

    def add(
        self, seq: int, entry: Entry | None, data: bytes, signature: bytes | None,
        token: bytes | None,
    ) -> Iterator[Fault]:  # fmt: skip
        """The next entry; None for what is there in place of its signature or token."""
        digest = sha256_hex(data)
        self._seen[seq] = digest
        self.digests.add(digest)
        if entry is None:
            return
        key = layout.log_key(seq)
        yield from self._signature(key, entry, data, signature)
        yield from self._token(key, entry, data, token)

    def _signature(
        self, key: str, entry: Entry, data: bytes, signature: bytes | None
    ) -> Iterator[Fault]:
        if entry.key is None:
            self._unsigned += 1
            if self._signed:
                yield _fault(key, "is not signed, though entries before it are")
            return
        self._signed = True
        if signature is None:
            yield _fault(
                layout.signature_key(sha256_hex(data)), f"the signature of {key} is missing"
            )
        elif not self._keys:
            self.could_not.add(
                f"signatures of the key {entry.key:.16}…: it is not known here. Give its public "
                "key with --key"
            )
        elif entry.key not in self._keys:
            yield _fault(key, f"is signed by the key {entry.key:.16}…, which is none of yours")
        elif not self._keys[entry.key].verifies(data, signature):
            yield _fault(key, f"its signature does not hold: it is not by the key {entry.key:.16}…")

    def _token(self, key: str, entry: Entry, data: bytes, token: bytes | None) -> Iterator[Fault]:
        if entry.authority is None:
            self._unstamped += 1
            if self._stamped:
                yield _fault(key, "has no time stamp, though entries before it have", note=True)
            return
        self._stamped = True
        if token is None:
            yield _fault(layout.token_key(sha256_hex(data)), f"the time stamp of {key} is missing")
        elif self._trust.roots is None:
            self.could_not.add(
                f"time stamps of {entry.authority:.200}: set `timestamp_roots` to the PEM file "
                "with its root certificate"
            )
        else:
            yield from self._stamp(key, entry, data, token, self._trust.roots)

    def _stamp(
        self, key: str, entry: Entry, data: bytes, token: bytes, roots: Path
    ) -> Iterator[Fault]:
        from storage.timestamps import TimestampError, verify

        try:
            stated = verify(token, data, roots)
            apart = abs(stated - datetime.fromisoformat(entry.time))
        except (TimestampError, ValueError, TypeError) as error:
            yield _fault(key, f"its time stamp does not hold: {error}")
            return
        if apart > MAX_APART:
            yield _fault(
                key,
                f"is dated {entry.time:.40}, but its time stamp says {stated:%Y-%m-%dT%H:%M:%SZ}. "
                "One of the two clocks was wrong, or the entry was made later and dated back",
            )

    def end(self) -> Iterator[Fault]:
        """What only the whole log shows."""
        if self._unsigned and not self._signed and self._keys:
            yield _fault(
                "log/",
                f"none of {self._unsigned} entries is signed, though you have a key. If the key is "
                "newer than the archive, `copytrail heartbeat` signs the log as it stands now",
            )
        if self._unstamped and not self._stamped and self._trust.roots:
            yield _fault("log/", f"none of {self._unstamped} entries has a time stamp", note=True)
        for head in self._trust.heads:
            found = self._seen.get(head.seq)
            if found is None:
                message = (
                    f"entry {head.seq}, which was noted as sha256:{head.sha256}, is not there: the "
                    "log was cut"
                )
            elif found != head.sha256:
                message = (
                    f"entry {head.seq} was noted as sha256:{head.sha256}, and is sha256:{found}: "
                    "it or an entry before it was replaced"
                )
            else:
                continue
            yield Fault(
                check="proofs", key=layout.log_key(head.seq), message=message, next_step=LOST_HEAD
            )


def _fault(key: str, message: str, note: bool = False) -> Fault:
    return Fault(
        check="proofs",
        severity="note" if note else "fault",
        key=key,
        message=message,
        next_step="" if note else RESTORE,
    )

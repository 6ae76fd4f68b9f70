"""Who vouches for log entries: a key of ours, and a time-stamp authority; or nobody."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from storage import layout
from storage.identity import sha256_hex
from storage.objects import Store, Unavailable

if TYPE_CHECKING:  # 0.3 s to import; who reads or does not sign need not wait for it
    from storage.signing import Signer


class Authority(Struct, frozen=True):
    """A time-stamp authority: its URL, and a PEM file with the roots that its certificates lead
    to."""

    url: str
    roots: Path


class Attestation(Struct, frozen=True):
    """What stands behind each entry that is committed from here."""

    signer: "Signer | None" = None
    authority: Authority | None = None

    @property
    def key(self) -> str | None:
        """The signing key's name."""
        return self.signer.public.name if self.signer else None

    @property
    def url(self) -> str | None:
        """The authority's URL."""
        return self.authority.url if self.authority else None

    def put(self, store: Store, entry: bytes) -> None:
        """Store the signature and the token of an entry that is not committed yet.

        They come first, under the entry's own SHA-256, so that no crash leaves an entry without.
        Raises StoreError: Unavailable where the authority gives no token.
        """
        digest = sha256_hex(entry)
        if self.signer:
            store.put_if_absent(layout.signature_key(digest), self.signer.sign(entry))
        if self.authority:
            from storage.timestamps import TimestampError, ask

            try:
                token = ask(self.authority.url, self.authority.roots, entry)
            except TimestampError as error:
                raise Unavailable(
                    f"{error}. Nothing is committed without its time stamp."
                ) from error
            store.put_if_absent(layout.token_key(digest), token)


NOBODY = Attestation()

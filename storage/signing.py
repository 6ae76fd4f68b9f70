"""Ed25519 keys (RFC 8032) that sign log entries; kept as PEM files, never in the archive.

The private key is PKCS #8 (RFC 5958), the public one a SubjectPublicKeyInfo (RFC 8410), as openssl
reads and writes them. A key's name is the SHA-256 of its SubjectPublicKeyInfo in DER:
`openssl pkey -pubin -in KEY -outform DER | sha256sum`.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.identity import sha256_hex

PRIVATE = "signing.pem"
PUBLIC_END = ".pub.pem"


class SigningError(Exception):
    """A key cannot be used. The message names the file and what to do."""


class PublicKey:
    """A key that signatures are checked with."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        self.pem = key.public_bytes(serialization.Encoding.PEM, form)
        self.name = sha256_hex(key.public_bytes(serialization.Encoding.DER, form))

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly these bytes."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A key that signs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(data)

    def secret(self) -> bytes:
        """The private key's 32 bytes, for keys of other kinds that are derived from it."""
        return self._key.private_bytes_raw()


def make_key(folder: Path) -> Signer:
    """A new key pair in `folder`: `signing.pem`, for its owner alone, and `<name>.pub.pem`.

    Raises SigningError if there is a key: two machines with one archive may share a key, but a
    key that is replaced unseen would make an archive that nobody can check.
    """
    key = Ed25519PrivateKey.generate()
    signer = Signer(key)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / PRIVATE
    try:
        _create(path, private, 0o600)
    except FileExistsError as error:
        raise SigningError(
            f"{path}: there is a key. To change it, move this file away; leave the {PUBLIC_END} "
            "files, which old entries are checked with."
        ) from error
    _create(folder / f"{signer.public.name[:16]}{PUBLIC_END}", signer.public.pem, 0o644)
    return signer


def _create(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_signer(path: Path) -> Signer:
    """The private key in a PEM file. Raises SigningError."""
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningError(
            f"{path}: not a private key in PEM without a password: {error}. "
            "`copytrail keys new` makes one."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"{path}: not an Ed25519 key. `copytrail keys new` makes one.")
    return Signer(key)


def load_public(path: Path) -> PublicKey:
    """The public key in a PEM file. Raises SigningError."""
    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningError(f"{path}: not a public key in PEM: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SigningError(f"{path}: not an Ed25519 key")
    return PublicKey(key)


def trusted(folder: Path) -> list[PublicKey]:
    """The public keys in a folder. Raises SigningError on the first that cannot be used."""
    return [load_public(path) for path in sorted(folder.glob(f"*{PUBLIC_END}"))]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SigningError(f"{path}: cannot be read: {error.strerror}") from error

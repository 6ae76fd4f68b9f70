"""Who made a WACZ: `datapackage-digest.json`, signed twice.

`signedData` is the anonymous signature of https://specs.webrecorder.net/wacz-auth/0.1.0/, which
must be ECDSA; replayweb.page checks it on P-384 with SHA-256. The archive's key is Ed25519, so the
ECDSA key is derived from it (HKDF, RFC 5869): always the same for one archive, and only its owner
can have it. `ed25519` is a signature of `datapackage.json` by the archive's key itself, the one
that signs the log.
"""

import base64
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.identity import sha256_hex
from storage.signing import Signer

PURPOSE = b"copytrail: ECDSA P-384 key for wacz-auth anonymous signatures, version 1"
SCALAR = 48  # bytes of each half of a P-384 signature (IEEE P1363, as Web Crypto wants it)
# The group's order (FIPS 186-5; SEC 2 v2 §2.5.1). A private key is from 1 to this less 1.
ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)


def signed(manifest: bytes, created: str, software: str, signer: Signer | None) -> dict[str, Any]:
    """What `datapackage-digest.json` says of these bytes of `datapackage.json`."""
    digest = f"sha256:{sha256_hex(manifest)}"
    about: dict[str, Any] = {"path": "datapackage.json", "hash": digest}
    if signer is None:
        return about
    key = _derived(signer)
    r, s = decode_dss_signature(key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
    name, _, version = software.partition(" ")
    about["signedData"] = {
        "hash": digest,
        "created": created,
        "software": name,
        "version": version,
        "signature": _base64(r.to_bytes(SCALAR, "big") + s.to_bytes(SCALAR, "big")),
        "publicKey": _base64(_spki(key)),
    }
    about["ed25519"] = {
        "key": signer.public.name,
        "publicKey": signer.public.pem.decode(),
        "signature": _base64(signer.sign(manifest)),
    }
    return about


def _derived(signer: Signer) -> ec.EllipticCurvePrivateKey:
    # 8 bytes more than the order has, so that no key is likelier than another (FIPS 186-5 A.2.1).
    hkdf = HKDF(hashes.SHA512(), SCALAR + 8, salt=None, info=PURPOSE)
    scalar = int.from_bytes(hkdf.derive(signer.secret()), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP384R1())


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

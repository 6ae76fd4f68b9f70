"""Signatures, time stamps and published heads, against people who may write to the store."""

from pathlib import Path

import msgspec
import pytest

from flows.checks import Trust, audit
from storage import layout, log
from storage.attestation import NOBODY, Attestation, Authority
from storage.identity import sha256_hex
from storage.log import Head
from storage.objects import Unavailable, open_store
from storage.signing import Signer, SigningError, load_public, load_signer, make_key, trusted
from storage.timestamps import TimestampError, verify
from tests.authority import TimestampAuthority, timestamp_authority
from tests.flows.checks_made import ONE, THREE, Signed, rewritten, run_folder

# --- sound -------------------------------------------------------------------------------------


def test_a_signed_archive(signed: Signed) -> None:
    assert signed.found() == []


def test_a_stamped_archive(stamped: Signed, authority: TimestampAuthority) -> None:
    assert stamped.found() == []
    token = stamped.path(stamped.proof(1, layout.token_key)).read_bytes()
    entry = log.parse_entry(stamped.entry(1))
    assert entry is not None
    assert entry.authority == authority.url
    assert abs(verify(token, stamped.entry(1), authority.roots).timestamp() - stamp(entry)) < 60
    assert set(authority.asked) == {"application/timestamp-query"}


def stamp(entry: log.Entry) -> float:
    from datetime import datetime

    return datetime.fromisoformat(entry.time).timestamp()


def test_an_archive_from_before_there_was_a_key(tmp_path: Path, signer: Signer) -> None:
    archive = Signed(tmp_path, NOBODY, Trust(keys=(signer.public,)))
    assert archive.found() == [("proofs", "log/")]  # it could be anybody's
    log.beat(archive.store, Attestation(signer))
    assert archive.found() == []


def test_another_key_later_on(signed: Signed, tmp_path: Path) -> None:
    newer = make_key(tmp_path / "newer")
    log.seal(signed.store, THREE, run_folder(tmp_path / THREE, THREE), Attestation(newer))
    assert signed.found() == [("proofs", layout.log_key(4))]
    assert signed.found(Trust(keys=(*signed.trust.keys, newer.public))) == []


def test_without_the_key_a_signed_archive_is_not_called_fine(signed: Signed) -> None:
    report = audit(signed.store)
    assert report.faults == ()
    (reason,) = report.could_not
    assert "--key" in reason


def test_without_the_roots_time_stamps_are_not_called_fine(stamped: Signed) -> None:
    report = audit(stamped.store, trust=Trust(keys=stamped.trust.keys))
    assert report.faults == ()
    (reason,) = report.could_not
    assert "timestamp_roots" in reason


def test_what_an_overtaken_sealer_leaves_is_a_note(signed: Signed) -> None:
    signed.put(layout.signature_key("0" * 64), b"x" * 64)
    report = audit(signed.store, trust=signed.trust)
    assert report.faults == ()
    assert [note.key for note in report.notes] == ["signatures/"]


# --- attacks -----------------------------------------------------------------------------------


def test_a_signature_removed(signed: Signed) -> None:
    key = signed.proof(2)
    signed.path(key).unlink()
    assert signed.found() == [("proofs", key)]


@pytest.mark.parametrize("what", [b"", b"x" * 64, b"x" * 100_000])
def test_a_signature_replaced(signed: Signed, what: bytes) -> None:
    key = signed.proof(2)
    signed.put(key, what)
    found = signed.found()
    assert found
    assert {check for check, _ in found} == {"proofs"}


def test_a_signature_of_another_entry(signed: Signed) -> None:
    signed.put(signed.proof(2), signed.path(signed.proof(1)).read_bytes())
    assert signed.found() == [("proofs", layout.log_key(2))]


def test_the_newest_entry_replaced_without_the_key(signed: Signed) -> None:
    entry = log.parse_entry(signed.entry(3))
    assert entry is not None
    forged = msgspec.structs.replace(entry, time="2020-01-01T00:00:00.000000Z")
    signed.put(layout.log_key(3), msgspec.json.encode(forged) + b"\n")
    assert ("proofs", signed.proof(3)) in signed.found()
    unsigned = msgspec.structs.replace(forged, key=None)
    signed.put(layout.log_key(3), msgspec.json.encode(unsigned) + b"\n")
    assert ("proofs", layout.log_key(3)) in signed.found()


def test_everything_made_anew_without_a_key(signed: Signed) -> None:
    rewritten(signed, NOBODY)
    assert signed.found() == [("proofs", "log/")]


def test_everything_made_anew_with_another_key(signed: Signed, tmp_path: Path) -> None:
    rewritten(signed, Attestation(make_key(tmp_path / "thief")))
    assert signed.found() == [("proofs", layout.log_key(seq)) for seq in (1, 2, 3)]


def test_everything_made_anew_with_the_stolen_key_needs_a_head(signed: Signed) -> None:
    """As `docs/layout.md` says: nothing in the store shows this; a head from elsewhere does."""
    head = log.head(signed.store)
    rewritten(signed, signed.attestation, time="2026-01-02T00:00:00.000000Z")
    assert signed.found() == []
    trust = msgspec.structs.replace(signed.trust, heads=(head,))
    assert signed.found(trust) == [("proofs", layout.log_key(3))]


def test_the_log_cut_at_its_end_needs_a_head(signed: Signed) -> None:
    head = log.head(signed.store)
    signed.path(layout.log_key(3)).unlink()
    assert signed.found() == []
    trust = msgspec.structs.replace(signed.trust, heads=(head,))
    assert signed.found(trust) == [("proofs", layout.log_key(3))]


def test_a_stolen_key_cannot_date_back_what_is_stamped(stamped: Signed) -> None:
    rewritten(stamped, stamped.attestation, time="2026-01-02T00:00:00.000000Z")
    assert stamped.found() == [("proofs", layout.log_key(seq)) for seq in (1, 2, 3)]


def test_a_time_stamp_removed(stamped: Signed) -> None:
    key = stamped.proof(2, layout.token_key)
    stamped.path(key).unlink()
    assert stamped.found() == [("proofs", key)]


def test_a_time_stamp_replaced(stamped: Signed, tmp_path: Path) -> None:
    key = stamped.proof(2, layout.token_key)
    own = stamped.path(key).read_bytes()
    stamped.put(key, stamped.path(stamped.proof(1, layout.token_key)).read_bytes())
    assert stamped.found() == [("proofs", layout.log_key(2))]  # of another entry
    stamped.put(key, own[:-100] + bytes(100))
    assert stamped.found() == [("proofs", layout.log_key(2))]
    with timestamp_authority(tmp_path / "impostor") as impostor:
        forged = Attestation(authority=Authority(impostor.url, impostor.roots))
        stamped.path(key).unlink()
        forged.put(stamped.store, stamped.entry(2))
    assert stamped.found() == [("proofs", layout.log_key(2))]


@pytest.mark.parametrize("forge", [{"sha256": "0" * 64}, {"seq": 9}])
def test_a_head_that_the_log_does_not_have(signed: Signed, forge: dict[str, object]) -> None:
    head = msgspec.structs.replace(log.head(signed.store), **forge)
    trust = msgspec.structs.replace(
        signed.trust, heads=(Head(1, sha256_hex(signed.entry(1))), head)
    )
    assert signed.found(trust) == [("proofs", layout.log_key(head.seq))]


# --- sealing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 404])
def test_without_its_time_stamp_nothing_is_committed(
    tmp_path: Path, signer: Signer, authority: TimestampAuthority, status: int
) -> None:
    store = open_store(str(tmp_path / "archive"))
    attestation = Attestation(signer, Authority(authority.url, authority.roots))
    folder = run_folder(tmp_path / ONE, ONE)
    authority.status = status
    try:
        with pytest.raises(Unavailable, match="Nothing is committed"):
            log.seal(store, ONE, folder, attestation)
    finally:
        authority.status = 200
    assert log.head(store) == log.EMPTY
    log.seal(store, ONE, folder, attestation)
    trust = Trust(keys=(signer.public,), roots=authority.roots)
    assert audit(store, trust=trust).faults == ()


def test_an_authority_that_is_not_trusted_stamps_nothing(
    tmp_path: Path, authority: TimestampAuthority
) -> None:
    with timestamp_authority(tmp_path / "other") as other:
        attestation = Attestation(authority=Authority(other.url, authority.roots))
        with pytest.raises(Unavailable, match="does not hold"):
            log.beat(open_store(str(tmp_path / "archive")), attestation)


# --- keys --------------------------------------------------------------------------------------


def test_a_key_is_for_its_owner_and_never_overwritten(tmp_path: Path) -> None:
    made = make_key(tmp_path / "keys")
    private = tmp_path / "keys" / "signing.pem"
    assert private.stat().st_mode & 0o077 == 0
    assert load_signer(private).public.name == made.public.name
    assert [key.name for key in trusted(tmp_path / "keys")] == [made.public.name]
    with pytest.raises(SigningError, match="there is a key"):
        make_key(tmp_path / "keys")


@pytest.mark.parametrize("text", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(text)
    for load in (load_signer, load_public):
        with pytest.raises(SigningError, match=r"key\.pem"):
            load(path)


def test_a_token_without_the_authority_s_roots(tmp_path: Path) -> None:
    with pytest.raises(TimestampError, match="no such file"):
        verify(b"", b"", tmp_path / "none.pem")

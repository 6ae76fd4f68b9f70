"""Records out of a WARC, by zlib and by isal: in any pieces, with any damage, both say the same."""

import gzip
import io
from pathlib import Path

import pytest

from storage.identity import now
from storage.warcfields import record
from storage.warcstream import WarcError, records
from tests.storage.test_warc import RESPONSE, an_exchange, foreign, written


def verdict(data: bytes, swift: bool, piece: int = 300) -> list[tuple[str, int, int]] | None:
    """Each record's place; None if anything is wrong."""
    chunks = (data[at : at + piece] for at in range(0, len(data), piece))
    try:
        found = list(records(chunks, "x", keep=0, swift=swift))
    except WarcError:
        return None
    return None if any(r.faults for r in found) else [(r.id, r.offset, r.length) for r in found]


def test_isal_and_zlib_find_the_same_damage(tmp_path: Path) -> None:
    (capture,) = written(tmp_path, an_exchange(response=RESPONSE + b" and some more to pack" * 20))
    whole = (tmp_path / capture.warc.file).read_bytes()
    assert verdict(whole, swift=True) == verdict(whole, swift=False) is not None
    for at in range(len(whole)):
        # Each bit in its turn: also the flags, times and check sums of gzip's own head and tail.
        other = bytearray(whole)
        other[at] ^= 1 << (at % 8)
        cut = (whole[:at], whole[:at] + whole[at + 1 :]) if at % 7 == 0 else ()
        for damaged in (bytes(other), *cut):
            assert verdict(damaged, swift=True) == verdict(damaged, swift=False)


@pytest.mark.parametrize("piece", [1, 10, 10**6])
def test_a_file_may_come_in_any_pieces(piece: int) -> None:
    whole = foreign()
    plain = gzip.decompress(whole)
    places = verdict(whole, swift=False)
    assert places
    assert verdict(whole, swift=True, piece=piece) == places
    assert [one[0] for one in verdict(plain, False, piece) or ()] == [one[0] for one in places]
    # Of this block both digests are wrong then, though its HTTP head came in pieces.
    damaged = plain.replace(b"<p>posted", b"<p>pasted")
    chunks = (damaged[at : at + piece] for at in range(0, len(damaged), piece))
    (faulty,) = [one for one in records(chunks, "x", keep=0) if one.faults]
    assert faulty.url == "http://a.test/f"
    assert len(faulty.faults) == 2


def test_gzip_members_with_flags_are_read_and_their_rules_kept() -> None:
    raw = record("metadata", "id", now(), [], b"x")
    named = io.BytesIO()
    with gzip.GzipFile("name", "wb", fileobj=named) as file:
        file.write(raw)
    member = named.getvalue()
    assert verdict(member, swift=True) == [("id", 0, len(member))]
    reserved = member[:3] + bytes([member[3] | 0x80]) + member[4:]
    assert verdict(reserved, swift=True) is None

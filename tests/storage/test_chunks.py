"""The chunked coding comes off alike, however the body is cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storage.chunks import LONGEST_LINE, LONGEST_TRAILER, Dechunker
from storage.message import entity, entity_pieces, http_parts

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PARTS = st.sampled_from([
    b"5\r\nhello\r\n", b"0\r\n\r\n", b"A;x=y\n0123456789\n", b"X-T: v\r\n", b"\r\n", b"\n", b"\r",
    b"zz\r\n", b"3\r\nab", b"F" * 16 + b"\r\n", b"1\r\n", b"surplus",
])  # fmt: skip


def fed(pieces: list[bytes]) -> tuple[bytes, bool, int]:
    dechunker = Dechunker()
    body = b"".join([dechunker.feed(piece) for piece in pieces]) + dechunker.end()
    return body, dechunker.complete, dechunker.surplus


@given(st.lists(PARTS, max_size=8), st.lists(st.integers(0, 80), max_size=6))
def test_pieces_make_no_difference(parts: list[bytes], cuts: list[int]) -> None:
    body = b"".join(parts)
    edges = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    pieces = [body[a:b] for a, b in pairwise(edges)]
    whole = entity(http_parts(HEAD + body))
    assert fed(pieces) == tuple(whole)
    assert b"".join(entity_pieces(http_parts(HEAD), "GET", pieces)) == whole.body


def test_what_a_chunked_body_amounts_to() -> None:
    assert fed([b"5\r\nhello\r\n0\r\nX: y\r\n\r\nmore"]) == (b"hello", True, 4)
    assert fed([b"5\r\nhel"]) == (b"hel", False, 0)
    assert fed([b"5\r\nhello\r\n", b"no size\r\n", b"5\r\nworld"]) == (b"hello", False, 0)
    assert fed([b"no chu", b"nks at all\n", b"and more"]) == (
        b"no chunks at all\nand more",
        False,
        0,
    )
    assert fed([b"5"]) == (b"5", False, 0)


def test_lines_without_end_do_not_pile_up() -> None:
    dechunker = Dechunker()
    dechunker.feed(b"1;" + b"x" * LONGEST_LINE)
    assert dechunker.feed(b"y" * 1000) == b"y" * 1000  # it never was chunked, then
    dechunker = Dechunker()
    dechunker.feed(b"0\r\n")
    for _ in range(20):
        dechunker.feed(b"x" * (LONGEST_TRAILER // 4))
        assert len(dechunker._held) <= LONGEST_TRAILER
    assert not dechunker.complete

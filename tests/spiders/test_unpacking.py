"""Bodies as a crawl sees them."""

import gzip

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from spiders.unpacking import UnpackMiddleware

URL = "http://outlet.test/"


def came(body: bytes, *codings: str) -> Response:
    return Response(URL, body=body, headers={"Content-Encoding": list(codings)})


def test_codings_are_taken_off_and_headers_stay() -> None:
    twice = gzip.compress(gzip.compress(b"page"))
    seen = UnpackMiddleware(100).process_response(Request(URL), came(twice, "gzip", "x-gzip"))
    assert seen.body == b"page"
    assert seen.headers.getlist("Content-Encoding") == [b"gzip", b"x-gzip"]


def test_a_body_that_is_not_packed_after_all_is_seen_as_it_came() -> None:
    seen = UnpackMiddleware(100).process_response(Request(URL), came(b"page", "gzip"))
    assert seen.body == b"page"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = came(gzip.compress(b"0" * 1_000_000), "gzip")
    with pytest.raises(IgnoreRequest, match="unpacks to more than 1000 bytes"):
        UnpackMiddleware(1000).process_response(Request(URL), bomb)

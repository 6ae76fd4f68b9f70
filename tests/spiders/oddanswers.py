"""Answers of real and hostile servers, beside those of `rawserver`: each strange in one thing."""

import gzip
import zlib

import brotli

from storage.message import zstd
from tests.spiders.rawserver import OK, Answer, Then, plain

TEXT = b"<!doctype html><title>x</title><p>" + b"Words of a page. " * 20
GZIPPED = gzip.compress(TEXT)
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def length(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n" % len(body)


def answer(
    head: bytes = b"",
    body: bytes = TEXT,
    status: bytes = OK,
    then: Then = "keep",
    more: bytes = b"",
) -> Answer:
    return Answer((status + head + length(body) + b"\r\n" + body + more,), then)


def chunk(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


ODD: dict[str, Answer] = {
    # status lines
    "/sl-no-reason-nospace": answer(status=b"HTTP/1.1 200\r\n"),
    "/sl-tab": answer(status=b"HTTP/1.1\t200\tOK\r\n", then="close"),
    "/sl-two-spaces": answer(status=b"HTTP/1.1  200  OK\r\n", then="close"),
    "/sl-http2": answer(status=b"HTTP/2.0 200 OK\r\n", then="close"),
    "/sl-http2-short": answer(status=b"HTTP/2 200\r\n", then="close"),
    "/sl-http09": plain(b"<html>just the page, HTTP/0.9"),
    "/sl-http10-upper": answer(status=b"http/1.1 200 ok\r\n", then="close"),
    "/sl-icy": answer(status=b"ICY 200 OK\r\n", then="close"),
    "/sl-code-4digits": answer(status=b"HTTP/1.1 2000 OK\r\n", then="close"),
    "/sl-code-2digits": answer(status=b"HTTP/1.1 20 OK\r\n", then="close"),
    "/sl-code-000": answer(status=b"HTTP/1.1 000 Zero\r\n", then="close"),
    "/sl-code-999": answer(status=b"HTTP/1.1 999 Request denied\r\n"),
    "/sl-code-neg": answer(status=b"HTTP/1.1 -200 OK\r\n", then="close"),
    "/sl-code-600": answer(status=b"HTTP/1.1 600 x\r\n"),
    "/sl-http12": answer(status=b"HTTP/1.2 200 OK\r\n"),
    "/sl-http11-longver": answer(status=b"HTTP/1.1.1 200 OK\r\n", then="close"),
    "/sl-leading-crlf": answer(status=b"\r\n\r\nHTTP/1.1 200 OK\r\n", then="close"),
    "/sl-leading-space": answer(status=b" HTTP/1.1 200 OK\r\n", then="close"),
    "/sl-nul-reason": answer(status=b"HTTP/1.1 200 O\0K\r\n"),
    "/sl-reason-64k": answer(status=b"HTTP/1.1 200 " + b"r" * 65536 + b"\r\n"),
    "/sl-bom": answer(status=b"\xef\xbb\xbfHTTP/1.1 200 OK\r\n", then="close"),
    # content length
    "/cl-plus": answer(b"Content-Length: +5\r\n", then="close"),
    "/cl-plus-only": plain(OK + b"Content-Length: +5\r\n\r\nhello"),
    "/cl-huge": plain(OK + b"Content-Length: 99999999999999999999999999\r\n\r\nhello"),
    "/cl-list-same": plain(OK + b"Content-Length: 5, 5\r\n\r\nhello", then="keep"),
    "/cl-list-diff": plain(OK + b"Content-Length: 5, 6\r\n\r\nhello!"),
    "/cl-hex": plain(OK + b"Content-Length: 0x5\r\n\r\nhello"),
    "/cl-float": plain(OK + b"Content-Length: 5.0\r\n\r\nhello"),
    "/cl-space": plain(OK + b"Content-Length: 1 0\r\n\r\nhellohello"),
    "/cl-leading0": plain(OK + b"Content-Length: 0005\r\n\r\nhello", then="keep"),
    "/cl-empty": plain(OK + b"Content-Length:\r\n\r\nhello"),
    "/cl-arabic": plain(OK + "Content-Length: ٥\r\n\r\nhello".encode()),
    "/cl-underscore": plain(OK + b"Content-Length: 1_0\r\n\r\nhellohello"),
    "/cl-quoted": plain(OK + b'Content-Length: "5"\r\n\r\nhello'),
    "/cl-space-before-colon": plain(OK + b"Content-Length : 5\r\n\r\nhello", then="keep"),
    # transfer encoding
    "/te-identity": answer(b"Transfer-Encoding: identity\r\n"),
    "/te-chunked-chunked": plain(
        OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + chunk(chunk(b"hello"))
    ),
    "/te-gzip-chunked": plain(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(GZIPPED)),
    "/te-twice": plain(OK + CHUNKED + CHUNKED + b"\r\n" + chunk(b"hello")),
    "/te-upper": plain(OK + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n" + chunk(b"hello"), then="keep"),
    "/te-vtab": plain(OK + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + chunk(b"hello")),
    "/te-x": plain(OK + b"Transfer-Encoding: xchunked\r\n\r\n" + chunk(b"hello")),
    "/te-on-10": plain(b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n" + chunk(b"hello")),
    "/te-on-204": plain(b"HTTP/1.1 204 No\r\n" + CHUNKED + b"\r\n" + chunk(b"hello")),
    # chunks
    "/ch-leading-zeros": plain(
        OK + CHUNKED + b"\r\n0000000000005\r\nhello\r\n0\r\n\r\n", then="keep"
    ),
    "/ch-zeros-20": plain(OK + CHUNKED + b"\r\n00000000000000000000005\r\nhello\r\n0\r\n\r\n"),
    "/ch-space-before": plain(OK + CHUNKED + b"\r\n  5\r\nhello\r\n0\r\n\r\n"),
    "/ch-space-after": plain(OK + CHUNKED + b"\r\n5  \r\nhello\r\n0  \r\n\r\n"),
    "/ch-overflow": plain(OK + CHUNKED + b"\r\nFFFFFFFFFFFFFFFFF\r\nhello"),
    "/ch-64bit": plain(OK + CHUNKED + b"\r\nFFFFFFFFFFFFFFFF\r\nhello"),
    "/ch-neg": plain(OK + CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n"),
    "/ch-0x": plain(OK + CHUNKED + b"\r\n0x5\r\nhello\r\n0\r\n\r\n"),
    "/ch-underscore": plain(OK + CHUNKED + b"\r\n1_0\r\nhellohellohelloh\r\n0\r\n\r\n"),
    "/ch-lf": plain(OK + CHUNKED + b"\r\n5\nhello\n0\n\n"),
    "/ch-missing-crlf": plain(OK + CHUNKED + b"\r\n5\r\nhello0\r\n\r\n"),
    "/ch-bad-crlf": plain(OK + CHUNKED + b"\r\n5\r\nhelloXX0\r\n\r\n"),
    "/ch-ext-10k": plain(OK + CHUNKED + b"\r\n5;" + b"e" * 10000 + b"\r\nhello\r\n0\r\n\r\n"),
    "/ch-ext-quoted-crlf": plain(
        OK + CHUNKED + b'\r\n5;a="x\\"y"\r\nhello\r\n0\r\n\r\n', then="keep"
    ),
    "/ch-many-1byte": plain(
        OK + CHUNKED + b"\r\n" + b"1\r\nx\r\n" * 50000 + b"0\r\n\r\n", then="keep"
    ),
    "/ch-trailer-forbidden": plain(
        OK
        + CHUNKED
        + b"Trailer: Content-Length\r\n\r\n5\r\nhello\r\n0\r\n"
        + b"Content-Length: 99\r\nTransfer-Encoding: x\r\nSet-Cookie: a=b\r\n\r\n",
        then="keep",
    ),
    "/ch-trailer-endless": plain(
        OK + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n", *[b"X-T: " + b"t" * 5000 + b"\r\n"] * 300
    ),
    "/ch-trailer-200k": plain(
        OK
        + CHUNKED
        + b"\r\n5\r\nhello\r\n0\r\n"
        + b"".join(b"X-%d: v\r\n" % i for i in range(20000))
        + b"\r\n"
    ),
    "/ch-empty-line-first": plain(OK + CHUNKED + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    "/ch-rst-mid": plain(OK + CHUNKED + b"\r\n64\r\nhello", 0.2, then="reset"),
    "/ch-extra-after": plain(
        OK
        + CHUNKED
        + b"\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    ),
    "/ch-plus-cl": plain(
        OK + CHUNKED + b"Content-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", then="keep"
    ),
    "/cl-then-te": plain(
        OK + b"Content-Length: 100\r\n" + CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n", then="keep"
    ),
    # headers
    "/h-bare-cr": answer(b"X-A: one\rtwo\r\n"),
    "/h-cr-only": plain(b"HTTP/1.1 200 OK\rContent-Length: 5\r\rhello"),
    "/h-nul": answer(b"X-A: o\0ne\r\n"),
    "/h-nul-name": answer(b"X\0A: one\r\n"),
    "/h-fold-first": plain(
        b"HTTP/1.1 200 OK\r\n folded: from the start\r\nContent-Length: 5\r\n\r\nhello", then="keep"
    ),
    "/h-fold-cl": plain(OK + b"Content-Length:\r\n 5\r\n\r\nhello", then="keep"),
    "/h-fold-te": plain(
        OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + chunk(b"hello"), then="keep"
    ),
    "/h-1mb": plain(OK + b"X: " + b"v" * 1048576 + b"\r\n" + length(TEXT) + b"\r\n" + TEXT),
    "/h-10000": plain(
        OK + b"".join(b"X-%d: v\r\n" % i for i in range(10000)) + length(TEXT) + b"\r\n" + TEXT,
        then="keep",
    ),
    "/h-dup-10000": plain(OK + b"X: v\r\n" * 10000 + length(TEXT) + b"\r\n" + TEXT, then="keep"),
    "/h-colon-first": answer(b": nameless\r\n"),
    "/h-eq": answer(b"X=A\r\n"),
    "/h-lf-cr": plain(b"HTTP/1.1 200 OK\n\rContent-Length: 5\r\n\r\nhello"),
    "/h-space-line": plain(OK + b"Content-Length: 5\r\n \r\n\r\nhello", then="keep"),
    "/h-high": answer(b"X-\xff\xfe: \x80\x81\r\n"),
    "/h-esc": answer(b"X-A: \x1b[31mred\x07\r\n"),
    "/h-none": plain(b"HTTP/1.1 200 OK\r\n\r\nno headers at all"),
    "/h-cookie-huge": answer(b"Set-Cookie: a=" + b"c" * 20000 + b"\r\n"),
    "/h-warc-like": answer(b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <x>\r\n"),
    # 1xx
    "/i-100-flood": plain(
        b"HTTP/1.1 100 Continue\r\n\r\n" * 500 + OK + b"Content-Length: 2\r\n\r\nok", then="keep"
    ),
    "/i-102-103": plain(
        b"HTTP/1.1 102 Processing\r\n\r\n",
        0.05,
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
        0.05,
        OK + b"Content-Length: 2\r\n\r\nok",
        then="keep",
    ),
    "/i-101": plain(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\0\0\0\4"
    ),
    "/i-100-only": plain(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/i-199": plain(
        b"HTTP/1.1 199 Misc\r\nX: y\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", then="keep"
    ),
    "/i-100-cl": plain(
        b"HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok"
    ),
    "/i-flood-300k": plain(
        b"HTTP/1.1 100 Continue\r\n\r\n" * 12000 + OK + b"Content-Length: 2\r\n\r\nok"
    ),
    # connection
    "/c-close-more": plain(
        OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", 0.1, b"and more after"
    ),
    "/c-after-junk": answer(),
    # what follows a message, in a piece of its own or longer than one read of the socket
    "/s-100k": answer(more=b"S" * 100_000),
    "/s-close-piece": plain(
        answer(b"Connection: close\r\n").pieces[0], 0.05, b"tail", 0.05, b"end"
    ),
    "/s-second-answer": plain(answer().pieces[0], answer(body=b"not asked for").pieces[0]),
    "/s-chunked": plain(OK + CHUNKED + b"\r\n" + chunk(TEXT), b"0\r\n\r\n"),
    "/s-long-body": plain(answer(body=b"l" * 900_000).pieces[0], b"behind a long body"),
    "/s-endless": plain(answer().pieces[0], *[b"e" * 50_000] * 20),
    "/c-keepalive-10": plain(
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", then="keep"
    ),
    "/c-byte-by-byte": plain(
        *[bytes([one]) for one in OK + b"Content-Length: 5\r\n\r\nhello"], then="keep"
    ),
    "/c-rst-at-once": plain(then="reset"),
    "/c-rst-after-head": plain(OK + b"Content-Length: 50\r\n\r\n", 0.2, then="reset"),
    "/c-rst-status": plain(b"HTTP/1.1 2", 0.2, then="reset"),
    # no-body
    "/b-204-body": plain(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"),
    "/b-304-body": plain(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello"),
    "/b-304-cl": plain(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", then="keep"),
    "/b-205": plain(b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", then="keep"),
    "/b-200-nothing": plain(OK + b"\r\n"),
    # codings
    "/g-trailing": answer(b"Content-Encoding: gzip\r\n", GZIPPED + b"garbage after"),
    "/g-members": answer(
        b"Content-Encoding: gzip\r\n", gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:])
    ),
    "/g-x": answer(b"Content-Encoding: x-gzip\r\n", GZIPPED),
    "/g-upper": answer(b"Content-Encoding: GZip\r\n", GZIPPED),
    "/g-empty": answer(b"Content-Encoding: gzip\r\n", b""),
    "/g-empty-member": answer(b"Content-Encoding: gzip\r\n", gzip.compress(b"")),
    "/d-raw": answer(b"Content-Encoding: deflate\r\n", zlib.compress(TEXT)[2:-4]),
    "/br-gzip": answer(b"Content-Encoding: br, gzip\r\n", gzip.compress(brotli.compress(TEXT))),
    "/gzip-br-two-lines": answer(
        b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", brotli.compress(GZIPPED)
    ),
    "/gzip5": answer(
        b"Content-Encoding: " + b", ".join([b"gzip"] * 5) + b"\r\n",
        gzip.compress(gzip.compress(gzip.compress(gzip.compress(GZIPPED)))),
    ),
    "/gzip1000": answer(b"Content-Encoding: " + b",".join([b"gzip"] * 1000) + b"\r\n", GZIPPED),
    "/zstd-window": answer(
        b"Content-Encoding: zstd\r\n",
        zstd.compress(
            TEXT * 100,
            options={
                zstd.CompressionParameter.window_log: 27,
                zstd.CompressionParameter.enable_long_distance_matching: 1,
            },
        ),
    ),
    "/br-trailing": answer(b"Content-Encoding: br\r\n", brotli.compress(TEXT) + b"xx"),
    "/ce-gzip-is-br": answer(b"Content-Encoding: gzip\r\n", brotli.compress(TEXT)),
    "/ce-identity": answer(b"Content-Encoding: identity\r\n"),
    "/ce-utf8": answer(b"Content-Encoding: utf-8\r\n"),
    "/ce-none": answer(b"Content-Encoding: none\r\n"),
    "/ce-empty": answer(b"Content-Encoding: \r\n"),
    "/ce-aws": answer(b"Content-Encoding: aws-chunked\r\n"),
    "/gzip-no-header": answer(b"", GZIPPED),
    "/gzip-head-only": answer(b"Content-Encoding: gzip\r\n", GZIPPED[:10]),
    "/gzip-badcrc": answer(
        b"Content-Encoding: gzip\r\n", GZIPPED[:-8] + b"\0\0\0\0" + GZIPPED[-4:]
    ),
    "/gzip-badlen": answer(b"Content-Encoding: gzip\r\n", GZIPPED[:-4] + b"\0\0\0\0"),
    "/sdch": answer(b"Content-Encoding: sdch\r\n"),
    "/bomb-members": answer(b"Content-Encoding: gzip\r\n", gzip.compress(b"\0" * 1000) * 5000),
    # redirects
    "/r-300-noloc": answer(status=b"HTTP/1.1 300 Multiple\r\n"),
    "/r-302-noloc": answer(status=b"HTTP/1.1 302 F\r\n"),
    "/redirect-protorel": answer(
        b"Location: //127.0.0.1:1/c-after-junk?pr\r\n", status=b"HTTP/1.1 301 M\r\n"
    ),
    "/redirect-rel": answer(b"Location: ../c-after-junk?rel\r\n", status=b"HTTP/1.1 307 M\r\n"),
    "/redirect-nonascii": answer(
        "Location: /c-after-junk?ü=ж\r\n".encode(), status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-latin1": answer(
        "Location: /c-after-junk?ü\r\n".encode("latin-1"), status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-badutf": answer(
        b"Location: /c-after-junk?\xff\xfe\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-space": answer(b"Location: /c-after-junk?a b\r\n", status=b"HTTP/1.1 302 M\r\n"),
    "/redirect-empty": answer(b"Location: \r\n", status=b"HTTP/1.1 302 M\r\n"),
    "/redirect-badhost": answer(b"Location: http://[::1/\r\n", status=b"HTTP/1.1 302 M\r\n"),
    "/redirect-user": answer(
        b"Location: http://user:pass@127.0.0.1:1/c-after-junk?auth\r\n",
        status=b"HTTP/1.1 302 M\r\n",
    ),
    "/redirect-js": answer(b"Location: javascript:alert(1)\r\n", status=b"HTTP/1.1 302 M\r\n"),
    "/redirect-gopher": answer(
        b"Location: gopher://127.0.0.1:70/x\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-twice": answer(
        b"Location: /c-after-junk?one\r\nLocation: /c-after-junk?two\r\n",
        status=b"HTTP/1.1 302 M\r\n",
    ),
    "/redirect-100k": answer(
        b"Location: /c-after-junk?" + b"x" * 100000 + b"\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-fragment": answer(
        b"Location: /c-after-junk?frag#frag\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-fold": answer(
        b"Location: /c-after-junk?fold\r\n ed\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-uppercase-scheme": answer(
        b"Location: HTTP://127.0.0.1:1/c-after-junk?upper\r\n", status=b"HTTP/1.1 308 M\r\n"
    ),
    "/redirect-backslash": answer(
        b"Location: \\\\127.0.0.1:1\\c-after-junk\r\n", status=b"HTTP/1.1 302 M\r\n"
    ),
    "/redirect-304-loc": plain(
        b"HTTP/1.1 304 N\r\nLocation: /c-after-junk?304\r\n\r\n", then="keep"
    ),
    "/redirect-201-loc": answer(b"Location: /c-after-junk?201\r\n", status=b"HTTP/1.1 201 C\r\n"),
    "/refresh-header": answer(b"Refresh: 0; url=http://127.0.0.1:1/\r\n"),
}

# On a connection that is kept, what comes too late is taken for the beginning of the next answer:
# that is how HTTP/1.1 is read, and on a busy machine a piece of its own may come too late.
LATE: dict[str, Answer] = {
    "/late-piece": plain(answer().pieces[0], b"and some more", then="keep"),
    "/late-crlf": plain(answer().pieces[0], b"\r\n", then="keep"),
}

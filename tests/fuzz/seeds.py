"""What fuzzing starts from: small inputs of our own for each target, and words worth putting in."""

# ruff: noqa: E501, SIM905  (lines of protocols and markup stay whole)

import json
import random
import zlib

from spiders.charsets import CODECS
from tests.spiders.reading_help import PROSE, html

NODE = {
    "@context": "https://schema.org", "@type": "NewsArticle", "headline": "A story about rivers",
    "datePublished": "2021-05-04T10:00:00+02:00", "dateModified": "2021-05-05", "inLanguage": "en",
    "author": [{"@type": "Person", "name": "Ann Marsh"}], "publisher": {"name": "North Post"},
    "articleBody": " ".join(PROSE), "isBasedOn": "https://southwire.test/1", "keywords": "a, b",
    "image": [{"url": "https://northpost.test/a.jpg"}], "articleSection": ["World"],
}  # fmt: skip
META = (
    '<meta property="og:title" content="A story about rivers"><meta name=author content="Ann Marsh">'
    '<meta property="article:published_time" content="2021-05-04T10:00:00Z">'
    '<link rel=canonical href="https://southwire.test/1"><meta name=syndication-source content=x>'
)
CREDITS = (
    "<p>By Ann Marsh | South Wire | May 4, 2021</p>",
    "<p>The original source of this article is <a href='#'>South Wire</a>. Copyright © South Wire, 2021</p>",
    "<p>Originally published on <a href='https://southwire.test/1'>South Wire</a> on 3.5.2021.</p>",
    "<p>North Post grants permission to cross-post as long as the source is acknowledged.</p>",
    "<figure><img src=a.jpg><figcaption>The bridge</figcaption></figure><video src=/a.mp4></video>",
    "<div itemscope><span itemprop=author><b itemprop=name>Ann</b></span><time datetime=2021-05-04>x</time></div>",
    '<script>window.__DATA__={"body":"' + PROSE[0] + '"}</script>',
)
SCRIPT = f'<script type="application/ld+json">{json.dumps(NODE)}</script>'
READING = [
    b"\1" + html(head=META + SCRIPT, inner="".join(CREDITS[1:3])).encode(),
    *(b"\0" + html(inner=one, head=SCRIPT if at % 2 else "").encode() for at, one in enumerate(CREDITS)),
    b"\2" + html(before=CREDITS[0]).replace("A story", "Рассказ").encode("cp1251", "replace"),
    b"\5" + html().encode("utf-16"),
    b"\0" + html().encode()[:400],
]  # fmt: skip
DATES = [
    b"2021-05-04T10:00:00.5+02:00\n0000-00-00\n9999-12-31T23:59:59+14:00\n20210504T101500Z\n1620122400",
    "May 4, 2021 at 3:04 p.m. EST\n4. Mai 2021, 15.04 Uhr\n4 de mayo de 2021\n2021年5月4日\n3/4/21".encode(),
    "Updated: Tue, 4 May 2021 10:00 UTC+3\n٤ مايو ٢٠٢١\n04.05.21 | 12:00 (MSK)\n31.02.2021".encode(),
]
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>North Post</title>"
    "<link>https://www.northpost.test/</link><item><title>A &amp; b</title>"
    "<link>/2021/05/a</link><pubDate>Tue, 04 May 2021 10:00:00 +0200</pubDate></item></channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>N</title><entry><title>T</title>"
    "<link href='https://www.northpost.test/b'/><updated>2021-05-04T10:00:00Z</updated></entry></feed>"
)
SITEMAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/"
    "schemas/sitemap-news/0.9'><url><loc>https://www.northpost.test/c</loc><lastmod>2021-05-04</lastmod>"
    "<news:news><news:publication_date>2021-05-04T10:00Z</news:publication_date></news:news></url></urlset>"
)
INDEX = (
    "<sitemapindex><sitemap><loc>/s.xml.gz</loc><lastmod>2021</lastmod></sitemap></sitemapindex>"
)
POSTS = '[{"id":1,"link":"https://www.northpost.test/d","date_gmt":"2021-05-04T10:00:00","title":{"rendered":"T"}}]'
HOME = (
    "<title>North Post</title><link rel=alternate type=application/rss+xml href=/feed/>"
    "<link rel='https://api.w.org/' href=/wp-json/><a href=/2021/05/a>A story about rivers and bridges</a>"
)
DISCOVERY = [
    one.encode() for one in (FEED, ATOM, SITEMAP, INDEX, POSTS, HOME, "https://a.test/1\nb")
]
BODY = b"<p>river</p>" * 9
MESSAGES = [
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 108\r\n\r\n" + BODY,
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;x=y\r\nriver\r\n0\r\nA: b\r\n\r\n",
    b"HTTP/1.1 200\r\nContent-Encoding: deflate, gzip\r\n a: b\r\n\r\n" + zlib.compress(BODY, wbits=31),
    b"HTTP/1.0 301 Moved\nLocation: //x\nContent-Length: 5, 5\n\nriver rest",
]  # fmt: skip


def record(kind: bytes, block: bytes, more: bytes = b"") -> bytes:
    """A WARC record."""
    return (
        b"WARC/1.1\r\nWARC-Type: " + kind + b"\r\nWARC-Record-ID: <urn:uuid:8f14e45f-0000-4000-8000-000000000001>"
        b"\r\nWARC-Date: 2021-05-04T10:00:00.000000Z\r\nWARC-Target-URI: https://www.northpost.test/a\r\n"
        + more + b"Content-Length: " + str(len(block)).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
    )  # fmt: skip


WARCS = [
    record(b"response", MESSAGES[0], b"Content-Type: application/http; msgtype=response\r\n"),
    record(b"request", b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n") + record(b"response", MESSAGES[1]),
    record(b"resource", BODY, b"Content-Type: text/html\r\nWARC-Block-Digest: sha1:AAAA\r\n"),
    record(b"revisit", MESSAGES[0][:40], b"WARC-Truncated: length\r\nWARC-Payload-Digest: sha256:00\r\n"),
    record(b"metadata", b"copytrail: 1\r\nroute: live\r\nwhy: feed\r\n"),
]  # fmt: skip
SEEDS: dict[str, list[bytes]] = {
    "reading": READING, "dates": DATES, "discovery": DISCOVERY, "message": MESSAGES, "warc": WARCS,
    "charset": [b"\0<meta charset=%s>" % name.encode() + "Über größe река 日本語".encode(codec, "ignore")
                for name, codec in sorted(CODECS.items())],
}  # fmt: skip
WORDS = tuple(
    word.encode()
    for word in (
        "<div> <p> </p> <br> <h1> <time datetime= <script> </script> <!-- --> <article> <template> "
        "<svg> <td> <a href='#'> <body> </html> itemprop= rel=author @graph @id headline author name "
        '{ } [[ " &#x202e; &#xD800; &#0; &amp; \u202e \u2066 \u200b \ufeff © ( ) : / | @ # % By '
        "Source: Copyright 0000-01-01 9999-12-31 2021-02-30 31.12.9999 24:00 UTC+99 -1 NaN 1e999 "
        "99999999999999999999 Content-Length: Transfer-Encoding: gzip br zstd chunked "
        "FFFFFFFFFFFFFFF WARC/1.1 http://[ //[::1 xn--a"
    ).split()
)


def mutated(seeds: list[bytes], chance: random.Random) -> bytes:
    """One input made from the seeds: cut, doubled, spliced, words and bytes put in."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at, end = sorted(chance.randint(0, len(data)) for _ in range(2))
        match chance.randrange(6):
            case 0:
                del data[at : min(end, at + 64)]
            case 1:
                data[at:at] = chance.choice(WORDS) * chance.choice((1, 1, 1, 300))
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            case 3:
                data[at:at] = data[at:end]
            case 4:
                data[at:end] = chance.choice(seeds)[at:end]
            case _:
                data = data[: max(1, end)]
    return bytes(data)

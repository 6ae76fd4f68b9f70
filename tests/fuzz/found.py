"""Inputs on which fuzzing found a fault, each with what was wrong then."""

FOUND: list[tuple[str, bytes]] = [
    # lxml cannot make text of a reference to half a character: the reader raised.
    ("discovery", b"<urlset><url><loc>https://a.test/1</loc></url>&#xD800;</urlset>"),
    # feedparser neither, nor of one beyond Unicode.
    (
        "discovery",
        b"<rss><channel><item><title>&#xDFFF;&#99999999999;</title></item></channel></rss>",
    ),
    (
        "discovery",
        "<rss><channel><item><title>&#xD800;</title></item></channel></rss>".encode("utf-16"),
    ),
    # A compact date took any two digits for seconds.
    ("dates", b"20210504T101499Z"),
    # A zone of 28 hours was taken over, and made a date that nothing else can read.
    ("dates", b"2020-12-31T23:59:59+28:00"),
    # Arabic digits of a clock stood in the value as they were printed.
    ("dates", "4 May 2021, 04:0\u0662\n2021-05-04T04:0\u0662".encode()),
]

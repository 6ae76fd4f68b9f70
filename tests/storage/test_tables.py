"""Records in Parquet: what is written comes back, and others can read it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import tables
from storage.records import (
    Article,
    Capture,
    Claim,
    Credited,
    FieldSource,
    Match,
    Medium,
    Origin,
    PrintedDate,
    Said,
    Span,
    WarcPlace,
)

PLACE = WarcPlace("01RUN", "a.warc.gz", 5_000_000_000, 17)
NASTY = "NUL \0, line\r\n\u2028, emoji 👩‍🚀, עברית, \ufffe"
FULL_CAPTURE = Capture(
    id="c1",
    url="http://example.com/ä",
    fetched_at="2026-01-01T00:00:00.000001Z",
    route="live",
    why="feed",
    via="http://example.com/feed",
    source="kestrel",
    method="GET",
    status=200,
    mime="text/html",
    payload_digest="sha256:00",
    body_bytes=2**40,
    ip="::1",
    etag='W/"é"',
    last_modified="Thu, 01 Jan 2026 00:00:00 GMT",
    location=NASTY,
    memento_of=NASTY,
    memento_at="2020-07-17T10:02:00.000000Z",
    truncated="length",
    page_kind="consent",
    error="none",
    warc=PLACE,
)
LEAST_CAPTURE = Capture(
    id="c2", url="", fetched_at="", route="import", why="import", warc=WarcPlace("", "", 0, 0)
)
FULL_ARTICLE = Article(
    id="a1",
    capture="c1",
    source="kestrel",
    outlet="The Kestrel",
    url="http://example.com/ä",
    canonical_url="http://example.com/%C3%A4",
    stated_canonical="http://b/c",
    title=NASTY,
    title_prefix="Video:",
    subtitle="",
    authors=("A", "B"),
    credited=(Credited("A", "person"), Credited("B", "outlet")),
    published_at="2020-07-19",
    published=(
        PrintedDate(
            raw="July 19, 2020", value="2020-07-19", precision="day", says="published", where="text"
        ),
        PrintedDate(
            raw="?", value=None, precision=None, says="original", where="text", by="South Front"
        ),
    ),
    language="en",
    taxonomy={"Region": ("Europe", "Asia"), "Theme": ()},
    paragraphs=("one", "", NASTY),
    words=7,
    boilerplate=("b",),
    media=(Medium(kind="video", url="http://a/x.mp4", caption=None),),
    links=("http://b/",),
    claims=(
        Claim(kind="copyright", text="© B", place="//p[1]"),
        Claim(
            kind="original_source",
            text="from B",
            target_name="B",
            target_url="http://b/",
            href="http://b/",
            about="self",
            place="jsonld:x",
        ),
    ),
    republished_from=Origin("B", None),
    captured_at="2026-01-01T00:00:00.000001Z",
    parser="generic/1",
    charset="windows-1252",
    charset_from="meta",
    notes=("n",),
    provenance=(
        FieldSource(
            field="title",
            layer="opengraph",
            place="meta:og:title",
            others=(Said("json-ld", "jsonld:headline", NASTY),),
        ),
    ),
    warc=PLACE,
)
LEAST_ARTICLE = Article(
    id="a2", capture="", source="", outlet="", url="", canonical_url="", title="",
    captured_at="", parser="", warc=WarcPlace("", "", 0, 0),
)  # fmt: skip
FULL_MATCH = Match(
    a="a1", b="a2", kind="excerpt", words=120, a_contained=0.1 + 0.2, b_contained=1.0,
    spans=(Span(0, 60, 5, 65), Span(70, 130, 80, 140)), method="align/1",
)  # fmt: skip
LEAST_MATCH = Match(
    a="", b="", kind="copy", words=0, a_contained=0.0, b_contained=0.0, spans=(), method=""
)


@pytest.mark.parametrize(
    "records",
    [[FULL_CAPTURE, LEAST_CAPTURE], [FULL_ARTICLE, LEAST_ARTICLE], [FULL_MATCH, LEAST_MATCH]],
    ids=["captures", "articles", "matches"],
)
def test_records_come_back_as_they_were(records: list[Any], tmp_path: Path) -> None:
    kind, path = type(records[0]), tmp_path / "t.parquet"
    assert tables.write(path, kind, iter(records)) == len(records)
    assert list(tables.read(path, kind)) == records


def test_the_full_records_leave_no_field_at_its_default() -> None:
    """Otherwise a field that gets lost would go unseen above."""
    for record in (FULL_CAPTURE, FULL_ARTICLE, FULL_MATCH):
        for field in msgspec.structs.fields(type(record)):
            value = getattr(record, field.name)
            assert value not in ((), {}, None), field.name
            assert value != field.default or field.name == "method", field.name


words = st.text(st.characters(exclude_categories=["Cs"]))
claims = st.builds(
    Claim, kind=st.just("byline"), text=words, target_name=st.none() | words, place=words
)
articles = st.builds(
    Article,
    **dict.fromkeys(("id", "capture", "source", "outlet", "url", "canonical_url"), words),
    **dict.fromkeys(("title", "captured_at", "parser"), words),
    subtitle=st.none() | words,
    authors=st.lists(words).map(tuple),
    taxonomy=st.dictionaries(words, st.lists(words).map(tuple), max_size=3),
    claims=st.lists(claims, max_size=3).map(tuple),
    republished_from=st.none() | st.builds(Origin, st.none() | words, st.none() | words),
    warc=st.just(PLACE),
)


@settings(max_examples=50)
@given(st.lists(articles, max_size=3))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, some: list[Article]) -> None:
    path = tmp_path_factory.mktemp("t") / "t.parquet"
    tables.write(path, Article, some)
    assert list(tables.read(path, Article)) == some


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    assert tables.write(path, Capture, []) == 0
    assert list(tables.read(path, Capture)) == []
    assert tuple(pq.read_schema(path).names) == Capture.__struct_fields__


def test_more_than_one_batch(tmp_path: Path) -> None:
    count = 2 * tables.BATCH + 1
    made = [msgspec.structs.replace(LEAST_CAPTURE, id=str(number)) for number in range(count)]
    path = tmp_path / "t.parquet"
    assert tables.write(path, Capture, iter(made)) == count
    assert list(tables.read(path, Capture)) == made


def test_records_are_taken_as_they_come(tmp_path: Path) -> None:
    """A run of any length is written in bounded memory: never more than a batch is held."""
    path, held = tmp_path / "t.parquet", 0

    def source() -> Iterator[Capture]:
        nonlocal held
        for number in range(3 * tables.BATCH):
            if number == 2 * tables.BATCH:
                held = path.stat().st_size
            yield LEAST_CAPTURE

    tables.write(path, Capture, source())
    assert held > 0, "nothing was on the disk after two batches"


def test_plain_pyarrow_reads_the_documented_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write(path, Article, [FULL_ARTICLE])
    table = pq.read_table(path)
    assert tuple(table.column_names) == Article.__struct_fields__
    schema = table.schema
    assert schema.field("title").type == pa.string()
    assert schema.field("authors").type == pa.list_(pa.string())
    assert schema.field("taxonomy").type == pa.map_(pa.string(), pa.list_(pa.string()))
    offset = schema.field("warc").type.field("offset")
    assert offset.type == pa.int64()
    claim = schema.field("claims").type.value_type
    names = tuple(claim.field(i).name for i in range(claim.num_fields))
    assert names == Claim.__struct_fields__
    (row,) = table.to_pylist()
    assert row["warc"]["offset"] == 5_000_000_000
    assert row["published"][0]["raw"] == "July 19, 2020"
    assert dict(row["taxonomy"])["Region"] == ["Europe", "Asia"]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_table_of_before_a_field_was_added_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write(path, Capture, [FULL_CAPTURE])
    pq.write_table(pq.read_table(path).drop_columns(["etag"]), path)
    assert list(tables.read(path, Capture)) == [msgspec.structs.replace(FULL_CAPTURE, etag=None)]
    tables.write(path, Article, [FULL_ARTICLE])
    pq.write_table(pq.read_table(path).drop_columns(["provenance"]), path)
    assert list(tables.read(path, Article)) == [
        msgspec.structs.replace(FULL_ARTICLE, provenance=())
    ]


def test_no_table_is_not_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(tables.read(tmp_path / "none.parquet", Capture))


def damaged(path: Path, how: str) -> None:
    """Damage a table."""
    whole = path.read_bytes()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "other":
        path.write_bytes(b"words, no table" * 9)
    elif how == "pages":
        path.write_bytes(whole[:4] + b"\xff" * (len(whole) // 4) + whole[4 + len(whole) // 4 :])
    elif how == "kind":
        tables.write(path, Match, [FULL_MATCH])


@pytest.mark.parametrize("how", ["empty", "cut", "other", "pages", "kind"])
def test_a_damaged_table_is_named(how: str, tmp_path: Path) -> None:
    path = tmp_path / "captures.parquet"
    tables.write(path, Capture, [FULL_CAPTURE] * 50)
    damaged(path, how)
    with pytest.raises(ValueError, match=r"captures\.parquet: not a readable table of Capture"):
        list(tables.read(path, Capture))


def test_wherever_a_table_rots_it_is_told_or_reads_as_records(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    tables.write(path, Match, [FULL_MATCH])
    whole = path.read_bytes()
    told = []
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            list(tables.read(path, Match))
        except ValueError as error:
            told.append(str(error))
    assert len(told) > 10
    assert all(str(path) in one for one in told)


def test_half_a_surrogate_pair_is_refused_not_changed(tmp_path: Path) -> None:
    """Parsers replace them; if one does not, the file must not say something else."""
    with pytest.raises(UnicodeEncodeError):
        tables.write(
            tmp_path / "t.parquet",
            Article,
            [msgspec.structs.replace(LEAST_ARTICLE, title="\ud800")],
        )

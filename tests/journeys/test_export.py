"""What is exported, as those read it for whom it is: py-wacz, replayweb.page, cdxj-indexer, prov,
rdflib, DuckDB and pandas."""

import base64
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rdflib
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from prov.model import ProvDocument
from rdflib.namespace import PROV, RDF

from flows.exports.records import KINDS
from storage.signing import load_public
from tests.browser import chromium
from tests.journeys.bundled import Bundled
from tests.journeys.copytrail import Copytrail
from tests.replayweb import replaying, shown

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def copy(bundled: Bundled) -> str:
    """A page that took its text from one that took it from another one."""
    return str(bundled.truth(1)["cases"]["chain_bc"]["copy"])


@pytest.fixture(scope="module")
def signing(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Copytrail:
    """The archive once more, signed."""
    copytrail = bundled.copy_to(tmp_path_factory.mktemp("signing"))
    copytrail.well("keys", "new")
    return copytrail


@pytest.fixture(scope="module")
def wacz(signing: Copytrail, copy: str) -> Path:
    path = signing.folder / "trail.wacz"
    told = signing.well("export", "wacz", copy, str(path)).stdout
    assert "pages" in told
    return path


def member(wacz: Path, name: str) -> bytes:
    with zipfile.ZipFile(wacz) as packed:
        return packed.read(name)


# --- WACZ -------------------------------------------------------------------------------------


def test_py_wacz_finds_the_package_valid(wacz: Path) -> None:
    ended = subprocess.run(
        [BIN / "wacz", "validate", "-f", wacz], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended
    assert "Validation succeeded" in ended.stdout
    with zipfile.ZipFile(wacz) as packed:
        assert packed.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED


def test_py_wacz_finds_a_changed_package_invalid(wacz: Path, tmp_path: Path) -> None:
    """So that the test before says something."""
    other = tmp_path / "other.wacz"
    with zipfile.ZipFile(wacz) as packed, zipfile.ZipFile(other, "w") as out:
        for name in packed.namelist():
            data = packed.read(name)
            out.writestr(name, data + b"\n" * (name == "pages/pages.jsonl"))
    ended = subprocess.run([BIN / "wacz", "validate", "-f", other], check=False)
    assert ended.returncode == 1


def test_the_records_are_the_archives_own_bytes(wacz: Path, signing: Copytrail) -> None:
    data = member(wacz, "archive/data.warc.gz")
    rows = json.loads(member(wacz, "trail/records.json"))
    at = 0
    for row in rows:
        path = signing.store / "runs" / row["run"] / "warc" / row["file"]
        sealed = path.read_bytes()[row["offset"] : row["offset"] + row["length"]]
        assert data[at : at + row["length"]] == sealed
        at += row["length"]
    assert at == len(data)
    kinds = [row["kind"] for row in rows]
    assert kinds.count("response") == kinds.count("request") == kinds.count("metadata") > 3
    assert kinds.count("warcinfo") == len({row["file"] for row in rows})


def test_the_whole_trail_is_in_it(wacz: Path, copy: str, signing: Copytrail) -> None:
    (trail,) = signing.rows("trails", "--url", copy)
    pages = [json.loads(line) for line in member(wacz, "pages/pages.jsonl").splitlines()]
    assert pages[0]["format"] == "json-pages-1.0"
    assert {page["url"] for page in pages[1:]} == {one["url"] for one in trail["articles"]}
    assert json.loads(member(wacz, "trail/trail.json")) == trail
    index = member(wacz, "indexes/index.cdx").decode().splitlines()
    assert index == sorted(index)
    for line in index:
        about = json.loads(line.split(" ", 2)[2])
        assert about["filename"] == "data.warc.gz"


def test_its_signatures_are_of_the_archives_key(wacz: Path, signing: Copytrail) -> None:
    manifest = member(wacz, "datapackage.json")
    digest = json.loads(member(wacz, "datapackage-digest.json"))
    (public,) = (signing.home / "keys").glob("*.pub.pem")
    ours = digest["ed25519"]
    assert load_public(public).verifies(manifest, base64.b64decode(ours["signature"]))
    assert ours["publicKey"] == public.read_text()
    anonymous = digest["signedData"]
    key = serialization.load_der_public_key(base64.b64decode(anonymous["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    raw = base64.b64decode(anonymous["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
    key.verify(der, digest["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    # https://specs.webrecorder.net/wacz-auth/0.1.0/: no other property may be there.
    assert set(anonymous) == {
        "hash", "created", "software", "version", "signature", "publicKey",
    }  # fmt: skip
    assert anonymous["created"] == json.loads(manifest)["created"]


def test_another_package_has_the_same_author(wacz: Path, signing: Copytrail, copy: str) -> None:
    other = signing.folder / "again.wacz"
    signing.well("export", "wacz", copy, str(other))
    first, second = (
        json.loads(member(path, "datapackage-digest.json"))["signedData"]["publicKey"]
        for path in (wacz, other)
    )
    assert first == second


VERIFIED = """async () => {
  for (const {name} of await indexedDB.databases()) {
    const database = await new Promise(done => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    if (!database.objectStoreNames.contains("verification")) continue;
    const asked = database.transaction("verification").objectStore("verification").getAll();
    return await new Promise(done => { asked.onsuccess = () => done(asked.result); });
  }
}"""


def test_replayweb_page_opens_it_and_finds_it_signed(
    wacz: Path, copy: str, tmp_path: Path, bundled: Bundled
) -> None:
    title = bundled.visits[1].newest()[copy]["title"]
    with chromium() as browser, replaying(wacz, copy, tmp_path) as address:
        page = browser.new_page()
        frame = shown(page, address, "document.querySelector('h1') !== null")
        assert title in frame.inner_text("body")
        checked = {row["id"]: row["matched"] for row in page.evaluate(VERIFIED)}
    # Its other marks, for the hash of each file, it sets only when it has read that to the end.
    assert checked["signature"] is True


def test_an_unsigned_archive_makes_an_unsigned_package(
    bundled: Bundled, copy: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.wacz"
    bundled.copytrail.well("export", "wacz", copy, str(path))
    assert set(json.loads(member(path, "datapackage-digest.json"))) == {"path", "hash"}


def test_a_damaged_record_is_not_exported(bundled: Bundled, copy: str, tmp_path: Path) -> None:
    copytrail = bundled.copy_to(tmp_path)
    (trace,) = copytrail.rows("trace", copy)
    place = trace["steps"][0]["article"]["warc"]
    warc = copytrail.store / "runs" / place["run"] / "warc" / place["file"]
    data = bytearray(warc.read_bytes())
    data[place["offset"] + place["length"] // 2] ^= 1
    warc.chmod(0o644)
    warc.write_bytes(data)
    path = tmp_path / "x.wacz"
    ended = copytrail.run("export", "wacz", copy, str(path))
    assert ended.code == 2
    assert place["file"] in ended.stderr
    assert "copytrail audit" in ended.stderr
    assert list(tmp_path.glob("*.wacz*")) == []
    assert list(tmp_path.glob(".*")) == []


# --- CDXJ, TimeMaps ---------------------------------------------------------------------------


def without_digest(line: str) -> tuple[str, str, dict[str, Any]]:
    key, time, about = line.split(" ", 2)
    fields = json.loads(about)
    return key, time, {name: value for name, value in fields.items() if name != "digest"}


def test_the_index_is_that_of_cdxj_indexer(bundled: Bundled) -> None:
    ours = bundled.copytrail.well("export", "cdxj").stdout.splitlines()
    files = sorted(bundled.copytrail.store.glob("runs/*/warc/*.warc.gz"))
    theirs = subprocess.run(
        [BIN / "cdxj-indexer", "--sort", *files], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert ours == sorted(ours)
    # Where a transfer coding is present our records have no payload digest, and cdxj-indexer takes
    # one over the chunks' framing; the digests of the others are the same.
    assert list(map(without_digest, ours)) == list(map(without_digest, theirs))
    assert len(set(ours) & set(theirs)) > len(ours) / 2


def test_the_index_of_a_run_and_of_a_page(bundled: Bundled, copy: str) -> None:
    of_all = set(bundled.copytrail.well("export", "cdxj").stdout.splitlines())
    of_page = bundled.copytrail.well("export", "cdxj", copy).stdout.splitlines()
    assert set(of_page) == {line for line in of_all if f'"{copy}"' in line}
    run = json.loads(of_page[0].split(" ", 2)[2])["filename"].partition("-")[0]
    of_run = bundled.copytrail.well("export", "cdxj", "--run", run).stdout.splitlines()
    assert set(of_run) == {line for line in of_all if f'"{run}-' in line}


def test_a_time_map_of_a_page(bundled: Bundled, copy: str, tmp_path: Path) -> None:
    path = tmp_path / "map"
    told = bundled.copytrail.well("export", "timemap", copy, "-o", str(path))
    assert told.stdout == ""
    assert path.read_text() == bundled.copytrail.well("export", "timemap", copy).stdout
    assert path.read_text().startswith(f'<{copy}>; rel="original",\n')
    (row,) = bundled.copytrail.rows("export", "timemap", copy)
    assert len(row["mementos"]["list"]) == path.read_text().count("memento")


# --- PROV -------------------------------------------------------------------------------------


def test_both_notations_of_prov_say_the_same(bundled: Bundled, copy: str) -> None:
    document = ProvDocument.deserialize(
        content=bundled.copytrail.well("export", "prov", copy).stdout, format="json"
    )
    graph = rdflib.Graph().parse(
        data=bundled.copytrail.well("export", "prov", "--turtle", copy).stdout, format="turtle"
    )
    theirs = rdflib.Graph().parse(
        data=document.serialize(format="rdf", rdf_format="turtle"), format="turtle"
    )
    # A generation with a time is one node more in what the library makes of it.
    for subject, node in list(theirs.subject_objects(PROV.qualifiedGeneration)):
        theirs.add((subject, PROV.wasGeneratedBy, theirs.value(node, PROV.activity)))
        theirs.add((subject, PROV.generatedAtTime, theirs.value(node, PROV.atTime)))
        theirs.remove((subject, PROV.qualifiedGeneration, node))
        theirs.remove((node, None, None))
    assert set(graph) == set(theirs)


def test_prov_leads_from_the_copy_to_the_bytes_and_to_the_run(bundled: Bundled, copy: str) -> None:
    graph = rdflib.Graph().parse(
        data=bundled.copytrail.well("export", "prov", "--turtle", copy).stdout, format="turtle"
    )
    (trail,) = bundled.copytrail.rows("trails", "--url", copy)
    for one in trail["copies"]:
        taker, original = (
            rdflib.URIRef(f"urn:copytrail:article:{one[name]}")
            for name in ("copy_article", "original_article")
        )
        assert (taker, PROV.wasDerivedFrom, original) in graph
        for article in (taker, original):
            assert graph.value(article, PROV.wasAttributedTo)
            sources = set(graph.objects(article, PROV.wasDerivedFrom))
            (capture,) = (uri for uri in sources if uri.startswith("urn:uuid:"))
            run = graph.value(capture, PROV.wasGeneratedBy)
            assert (run, RDF.type, PROV.Activity) in graph
            agent = graph.value(run, PROV.wasAssociatedWith)
            assert (agent, RDF.type, PROV.SoftwareAgent) in graph


# --- Parquet ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records") / "all"
    bundled.copytrail.well("export", "records", str(folder))
    return folder


def test_every_record_that_counts_is_there(tables: Path, bundled: Bundled) -> None:
    assert {path.name for path in tables.iterdir()} == {f"{name}.parquet" for name in KINDS}
    rows = pq.read_table(tables / "articles.parquet").to_pylist(maps_as_pydicts="strict")
    articles = bundled.copytrail.rows("articles")
    assert [row["id"] for row in rows] == [row["id"] for row in articles]
    assert [row["taxonomy"] for row in rows] == [row["taxonomy"] for row in articles]
    assert pq.read_table(tables / "runs.parquet").num_rows == len(
        list(bundled.copytrail.store.glob("runs/*"))
    )
    again = bundled.copytrail.run("export", "records", str(tables))
    assert again.code == 2
    assert "nothing is written over" in again.stderr


def test_duckdb_reads_them(tables: Path, bundled: Bundled) -> None:
    found = duckdb.sql(
        f"select a.title, claim.kind, c.status "
        f"from '{tables}/articles.parquet' a, unnest(a.claims) as u(claim), "
        f"'{tables}/captures.parquet' c where c.id = a.capture"
    ).fetchall()
    claims = [
        (row["title"], claim["kind"], 200)
        for row in bundled.copytrail.rows("articles")
        for claim in row["claims"]
    ]
    assert sorted(found) == sorted(claims)
    for name in KINDS:
        assert duckdb.sql(f"select count(*) from '{tables}/{name}.parquet'").fetchall()


def test_pandas_reads_them(tables: Path, bundled: Bundled) -> None:
    frame = pd.read_parquet(tables / "articles.parquet")
    assert frame["words"].sum() == sum(row["words"] for row in bundled.copytrail.rows("articles"))
    assert len(pd.read_parquet(tables / "runs.parquet")) > 0


PLAIN = (pa.types.is_string, pa.types.is_int64, pa.types.is_float64, pa.types.is_boolean)


def plain(kind: pa.DataType) -> bool:
    """Whether Spark knows the type: it reads neither Arrow's extensions nor its own kinds of text,
    dictionaries and unsigned numbers."""
    if pa.types.is_struct(kind):
        return all(plain(kind.field(number).type) for number in range(kind.num_fields))
    if pa.types.is_list(kind):
        return plain(kind.value_type)
    if pa.types.is_map(kind):
        return plain(kind.key_type) and plain(kind.item_type)
    return any(check(kind) for check in PLAIN)


@pytest.mark.parametrize("name", KINDS)
def test_the_types_are_those_that_every_reader_has(name: str, tables: Path) -> None:
    for field in pq.read_schema(tables / f"{name}.parquet"):
        assert plain(field.type), field
        assert not field.metadata or b"ARROW:extension:name" not in field.metadata
    # What other readers see, which know nothing of Arrow.
    for column in pq.ParquetFile(tables / f"{name}.parquet").schema:
        assert column.physical_type in ("BYTE_ARRAY", "INT64", "DOUBLE", "BOOLEAN")
        assert column.logical_type.type in ("STRING", "NONE"), column


# --- what is not there ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("wacz", "http://127.0.0.1:9/x", "x.wacz"), ("cdxj", "--run", "x")],
)
def test_nothing_to_export(words: tuple[str, ...], bundled: Bundled) -> None:
    ended = bundled.copytrail.run("export", *words)
    assert ended.code == 1, ended
    assert "nothing of it is in the catalog" in ended.stderr
    assert ended.stdout == ""


def test_a_wacz_is_named_so(bundled: Bundled, copy: str) -> None:
    ended = bundled.copytrail.run("export", "wacz", copy, "trail.zip")
    assert ended.code == 2
    assert ".wacz" in ended.stderr

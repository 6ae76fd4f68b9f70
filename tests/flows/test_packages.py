"""WARC files out of WACZ packages; and packages that are damaged, or bombs."""

import zipfile
from pathlib import Path

import pytest

from flows.importing import ImportRefused, check_files, warcs_in
from flows.packages import MAX_RATIO, BadPackage, unpacked
from tests.outlets.archived import record_of

RECORD = record_of("http://fjord.example/a", 1)


def package(folder: Path, *members: tuple[str, bytes]) -> Path:
    path = folder / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members:
            file.writestr(name, data)
    return path


def test_only_the_warc_files_come_out_one_after_the_other(tmp_path: Path) -> None:
    path = package(
        tmp_path, ("archive/one.warc.gz", RECORD), ("archive/two.warc", b"WARC/1.1"),
        ("pages/pages.jsonl", b"{}"), ("archive/../../evil.warc", b"x"), ("/archive/x.warc", b"x"),
    )  # fmt: skip
    check_files([path])
    folder = tmp_path / "there"
    folder.mkdir()
    found = [(one.name, one.read_bytes()) for one in warcs_in(path, folder)]
    assert found == [("a-one.warc.gz", RECORD), ("a-two.warc", b"WARC/1.1")]
    assert list(folder.iterdir()) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.wacz", "there"]


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    path = package(tmp_path, ("archive/bomb.warc", b"WARC/1.1" + b"\0" * 50_000_000))
    assert path.stat().st_size * MAX_RATIO < 10_000_000
    with pytest.raises(BadPackage, match="unpacks to more than 100 times its size"):
        list(unpacked(path, tmp_path))
    assert (tmp_path / "a-bomb.warc").stat().st_size < 10_000_000


@pytest.mark.parametrize("harm", ["cut", "flipped", "empty", "encrypted"])
def test_a_damaged_package_is_refused_by_its_name(tmp_path: Path, harm: str) -> None:
    path = package(tmp_path, ("archive/one.warc.gz", RECORD))
    data = bytearray(path.read_bytes())
    if harm == "cut":
        data = data[:-30]
    elif harm == "flipped":
        data[60] ^= 0xFF
    elif harm == "empty":
        data = bytearray(package(tmp_path, ("pages.jsonl", b"{}")).read_bytes())
    else:
        data[6] |= 1  # the flags of the local header, and of the central one
        data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ImportRefused, match=r"a\.wacz"):
        list(warcs_in(path, tmp_path))


@pytest.mark.parametrize(
    "kind",
    [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
    ids=["deflate", "bz2", "lzma"],
)
def test_packed_data_that_is_damaged_is_told(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", kind) as file:
        file.writestr("archive/one.warc", bytes(range(256)) * 100)
    data = bytearray(path.read_bytes())
    start = 30 + len("archive/one.warc")  # where the local header ends
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(BadPackage, match=r"a\.wacz: not a sound ZIP file"):
        list(unpacked(path, tmp_path))


def test_names_may_be_long_but_must_be_text(tmp_path: Path) -> None:
    path = package(tmp_path, (f"archive/{'é' * 300}.warc", b"WARC/1.1"))
    assert [one.name for one in unpacked(path, tmp_path)] == ["_" * 95 + ".warc"]
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    with pytest.raises(BadPackage, match="not a sound ZIP file"):
        list(unpacked(path, tmp_path))

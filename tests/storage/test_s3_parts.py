"""Uploads of several objects, and in parts: what goes up is what was measured, or nothing."""

from pathlib import Path

import pytest

from storage import parts, s3
from storage.objects import StoreError, describe, open_store, several


def test_s3_a_file_that_changes_under_way_is_refused(
    s3_env: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MULTIPART", 1024)
    monkeypatch.setattr(parts, "PART", 4096)
    whole = s3.measure
    path, store = tmp_path / "file", open_store(s3_env)
    for number, changed in enumerate((b"other" * 2000, b"short", b"x" * 8192)):
        path.write_bytes(b"first" * 2000)

        def change(*args: object, changed: bytes = changed) -> object:
            found = whole(*args)  # type: ignore[arg-type]
            path.write_bytes(changed)
            return found

        with monkeypatch.context() as patch:
            patch.setattr(s3, "measure", change)
            with pytest.raises(StoreError, match="changed"):
                store.put_if_absent(f"k{number}", path)
    assert list(store.list("")) == []


def test_s3_several_at_once_are_held_to_what_was_measured(
    s3_env: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MULTIPART", 1024)
    store = several(open_store(s3_env))
    assert store
    files = {}
    for number, size in enumerate((9000, 0, 10, 1024, 5000, *range(20))):
        path = tmp_path / str(number)
        path.write_bytes(b"x" * size)
        files[f"a/{number}"] = (path, parts.measure(path))
    wanted = [describe(key, path) for key, (path, _) in files.items()]
    assert store.put_each(files) == wanted
    assert store.put_each(files) == wanted  # nothing goes up twice
    for key in ("a/0", "a/3"):  # one that goes up in parts, and one that does not
        path, measured = files[key]
        path.write_bytes(b"y" * measured.size)
        with pytest.raises(StoreError, match="changed"):
            store.put_each({"b/1": files["a/2"], "b" + key: (path, measured)})
    assert [one.key for one in open_store(s3_env).list("b")] == ["b/1"]

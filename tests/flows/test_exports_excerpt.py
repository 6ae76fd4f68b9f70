"""Records out of the archive into a file of their own."""

import io
from pathlib import Path

from flows.exports.excerpt import copy
from storage.warcstream import records
from tests.flows.captures_made import Made, answer


def test_records_of_packed_and_plain_files_come_into_one_that_can_be_read(tmp_path: Path) -> None:
    made = Made(tmp_path)
    bodies = {"c1": b"one", "c2": b"two" * 1_000_000, "c3": b"three"}
    seen = [
        made.put(answer(body), packed=name != "c2") for name, body in bodies.items()
    ]  # fmt: skip
    out = io.BytesIO()
    copied = list(copy(made.context.store, seen, out, "data.warc.gz"))
    whole = out.getvalue()
    found = {one.id: one for one in records([whole], "data.warc.gz", keep=10_000_000)}
    assert list(found) == list(bodies)
    for one in copied:
        assert found[one.id].block == answer(bodies[one.id])
        assert (found[one.id].offset, found[one.id].length) == (one.to.offset, one.to.length)
        alone = whole[one.to.offset : one.to.offset + one.to.length]
        assert [record.id for record in records([alone], "", keep=0)] == [one.id]

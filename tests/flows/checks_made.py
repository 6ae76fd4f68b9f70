"""A small sealed archive for the tests of the audit, and ways to harm it."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from flows.checks import Fault, Report, audit
from storage import log
from storage.exchange import Exchange
from storage.objects import open_store
from storage.records import Run
from storage.warc import WarcWriter

ONE, TWO = "01JD3W0E8Q0000000000000001", "01JD3W0E8Q0000000000000002"
THREE = "01JD3W0E8Q0000000000000003"
PAGES = 3


def response(number: int) -> bytes:
    """A page that does not compress, so that each byte of the WARC matters."""
    body = hashlib.shake_256(b"%d" % number).hexdigest(2000).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def run_folder(folder: Path, run: str) -> Path:
    """A run as the flow leaves it: a WARC by our writer, records, run.json."""
    (folder / "warc").mkdir(parents=True)
    (folder / "records").mkdir()
    with WarcWriter(folder / "warc", run, rotate_bytes=1 << 30, warcinfo={}) as writer:
        for number in range(PAGES):
            writer.write(
                Exchange(
                    url=f"http://127.0.0.1/{number}",
                    fetched_at="2026-01-02T03:04:05.000006Z",
                    request=b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                    response=response(number),
                )
            )
    (folder / "records/articles.parquet").write_bytes(b"PAR1 rows PAR1")
    about = Run(
        id=run, kind="archive", source="x", asked={}, started_at="2026-01-02T03:04:05.000006Z",
        ended_at="2026-01-02T03:04:05.000006Z", outcome="complete", counts={}, versions={},
        config_digest="",
    )  # fmt: skip
    (folder / "run.json").write_bytes(msgspec.json.encode(about))
    return folder


class Archive:
    """A sealed local archive of two runs, and ways to harm it."""

    warc = f"runs/{ONE}/warc/{ONE}-00001.warc.gz"
    rows = f"runs/{ONE}/records/articles.parquet"

    def __init__(self, tmp_path: Path) -> None:
        self.work = tmp_path / "work"
        self.root = tmp_path / "archive"
        self.store = open_store(str(self.root))
        for run in (ONE, TWO):
            log.seal(self.store, run, run_folder(self.work / run, run))

    def path(self, key: str) -> Path:
        return self.root / key

    def change(self, key: str, how: Callable[[bytes], bytes]) -> None:
        """Replace an object's content, as no program of ours can."""
        path = self.path(key)
        path.chmod(0o644)
        path.write_bytes(how(path.read_bytes()))

    def audit(self) -> Report:
        return audit(self.store)

    def faults(self) -> list[tuple[str, str]]:
        """Check and key of each fault; the audit must have been able to check all the rest."""
        report = self.audit()
        assert report.could_not == ()
        return [(fault.check, fault.key) for fault in report.faults]


def only(faults: tuple[Fault, ...]) -> Fault:
    """The one fault that there is."""
    (fault,) = faults
    assert fault.next_step
    return fault


def flip(data: bytes, place: int = -100) -> bytes:
    """One bit turned."""
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def flip_last(data: bytes) -> bytes:
    return flip(data, -1)

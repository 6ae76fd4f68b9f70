"""A small sealed archive for the tests of the audit, and ways to harm it."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from flows.checks import Fault, Report, Trust, audit
from storage import layout, log
from storage.attestation import Attestation
from storage.exchange import Exchange
from storage.identity import sha256_hex
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


class Signed(Archive):
    """Two runs and a heartbeat, signed and, if there is an authority, stamped."""

    def __init__(self, tmp_path: Path, attestation: Attestation, trust: Trust) -> None:
        self.work = tmp_path / "work"
        self.root = tmp_path / "archive"
        self.store = open_store(str(self.root))
        self.attestation, self.trust = attestation, trust
        for run in (ONE, TWO):
            log.seal(self.store, run, run_folder(self.work / run, run), attestation)
        log.beat(self.store, attestation)

    def found(self, trust: Trust | None = None) -> list[tuple[str, str]]:
        report = audit(self.store, trust=trust or self.trust)
        assert report.could_not == ()
        return [(fault.check, fault.key) for fault in report.faults]

    def entry(self, seq: int) -> bytes:
        return self.path(layout.log_key(seq)).read_bytes()

    def proof(self, seq: int, key: Callable[[str], str] = layout.signature_key) -> str:
        return key(sha256_hex(self.entry(seq)))

    def copied_to(self, folder: Path) -> "Signed":
        """The same archive elsewhere, to be harmed."""
        made = object.__new__(Signed)
        made.work, made.root = folder / "work", folder / "archive"
        shutil.copytree(self.root, made.root)
        made.store = open_store(str(made.root))
        made.attestation, made.trust = self.attestation, self.trust
        return made

    def put(self, key: str, content: bytes) -> None:
        self.path(key).unlink(missing_ok=True)
        self.path(key).write_bytes(content)


def rewritten(archive: Signed, attestation: Attestation, **changes: object) -> None:
    """The last act of an attacker: WARC, sums and the whole chain made anew, sound in itself."""
    old = archive.root
    fresh = open_store(str(old.with_name("fresh")))
    for run in (ONE, TWO):
        folder = run_folder(old.with_name("forged") / run, run)
        (folder / "records/articles.parquet").write_bytes(b"PAR1 forged PAR1")
        log.seal(fresh, run, folder, attestation)
    log.beat(fresh, attestation)
    shutil.rmtree(old)
    old.with_name("fresh").rename(old)
    if changes:
        redate(archive, attestation, **changes)


def redate(archive: Signed, attestation: Attestation, **changes: object) -> None:
    """Every entry with other values, chained and signed again; tokens as they can be had now."""
    shutil.rmtree(archive.path("signatures"), ignore_errors=True)
    before = log.ZEROS
    for seq in (1, 2, 3):
        made = log.parse_entry(archive.entry(seq))
        assert made is not None
        new = msgspec.structs.replace(made, prev=before, **changes)
        data = msgspec.json.encode(new) + b"\n"
        archive.put(layout.log_key(seq), data)
        attestation.put(archive.store, data)
        before = sha256_hex(data)

"""`docs/auditing-by-hand.md`, command by command, on a sound archive and on harmed ones."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.checks import Trust
from storage import layout, log
from storage.attestation import Attestation, Authority
from storage.signing import make_key
from storage.warcread import read_captures
from tests.authority import TimestampAuthority, timestamp_authority
from tests.flows.checks_made import ONE, TWO, Signed, flip_last, redate
from tests.servers import missing

PAGE = Path(__file__).parents[2] / "docs" / "auditing-by-hand.md"
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
SEVERAL = 2


@pytest.fixture(autouse=True)
def tools() -> None:
    for name in ("jq", "openssl"):
        if shutil.which(name) is None:
            missing(f"no {name}: `make test` installs Debian's where it may")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampAuthority]:
    with timestamp_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def archive(tmp_path: Path, authority: TimestampAuthority) -> Signed:
    signer = make_key(tmp_path / "keys")
    attestation = Attestation(signer, Authority(authority.url, authority.roots))
    return Signed(tmp_path, attestation, Trust(keys=(signer.public,), roots=authority.roots))


def by_hand(archive: Signed, head: str = "") -> list[str]:
    """What the page's commands print."""
    (key,) = (archive.root.parent / "keys").glob("*.pub.pem")
    env = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "ARCHIVE": str(archive.root), "KEY": str(key),
        "ROOTS": str(archive.trust.roots), "HEAD": head,
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-u"], input="\n".join(BLOCKS), env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_a_sound_archive(archive: Signed) -> None:
    newest = log.head(archive.store)
    head = f"{newest.seq}:{newest.sha256}"
    assert by_hand(archive, head) == [f"head: {head}", "0 faults"]


WARC = f"runs/{ONE}/warc/{ONE}-00001.warc.gz"
HARM: dict[str, tuple[Callable[[Signed], object], str]] = {
    "a flipped bit": (lambda a: a.change(WARC, flip_last), "was changed"),
    "a cut object": (lambda a: a.change(WARC, lambda data: data[:-7]), "was changed"),
    "a missing object": (lambda a: a.path(f"runs/{ONE}/run.json").unlink(), "was changed"),
    "an added object": (lambda a: a.path(f"runs/{ONE}/more").touch(), "too many or too few"),
    "other sums": (lambda a: a.change(layout.sums_key(TWO), lambda d: d + d), "is not what"),
    "an unlogged run": (lambda a: a.path("runs/X").mkdir(), "no entry seals runs/X"),
    "a missing entry": (lambda a: a.path(layout.log_key(2)).unlink(), "an entry is missing"),
    "a missing signature": (lambda a: a.path(a.proof(2)).unlink(), "does not hold"),
    "another signature": (lambda a: a.put(a.proof(2), b"x" * 64), "does not hold"),
    "no time stamp": (lambda a: a.path(a.proof(2, layout.token_key)).unlink(), "does not hold"),
    "dated back": (
        lambda a: redate(a, a.attestation, time="2026-01-02T00:00:00.000000Z"), "its time stamp",
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_harm_is_found(archive: Signed, harm: str) -> None:
    act, says = HARM[harm]
    act(archive)
    lines = by_hand(archive)
    assert any(line.startswith("FAULT: ") and says in line for line in lines), lines
    assert lines[-1] != "0 faults"


def test_a_cut_log_and_a_rewritten_one_need_the_head(archive: Signed) -> None:
    newest = log.head(archive.store)
    archive.path(layout.log_key(newest.seq)).unlink()
    assert by_hand(archive)[-1] == "0 faults"
    assert by_hand(archive, f"{newest.seq}:{newest.sha256}")[-1] == "1 faults"


def test_an_archive_signed_by_somebody_else(archive: Signed, tmp_path: Path) -> None:
    thief = Attestation(make_key(tmp_path / "thief"), archive.attestation.authority)
    redate(archive, thief, key=thief.key)
    assert sum("signed by another key" in line for line in by_hand(archive)) > SEVERAL


def test_from_an_offset_to_the_bytes(archive: Signed) -> None:
    capture, *_ = read_captures(archive.path(WARC), ONE, max_decoded_bytes=1 << 20)
    place = capture.capture.warc
    command = PAGE.read_text(encoding="utf-8").rstrip().splitlines()[-2]
    env = {
        "PATH": "/usr/bin:/bin", "RUN": ONE, "FILE": Path(WARC).name,
        "OFFSET": str(place.offset), "LENGTH": str(place.length),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-eu", "-c", command], cwd=archive.root, env=env, capture_output=True, check=True
    )
    assert done.stdout.startswith(b"WARC/1.1\r\n")
    assert f"urn:uuid:{capture.capture.id}".encode() in done.stdout
    assert b"\r\n\r\nHTTP/1.1 200 OK\r\n" in done.stdout

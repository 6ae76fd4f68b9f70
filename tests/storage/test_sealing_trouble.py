"""What else happens to a sealing: two at once that are struck, clocks that jump, a store that is
killed and comes back, and a network that cuts, loses and delays."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from flows.checks import audit
from storage import log, s3
from storage.objects import Store, Stored, StoreError, Unavailable, open_store
from tests import servers
from tests.faults import FAILED, Faulty
from tests.storage.runs_made import RUNS, Made, made_runs
from tests.storage.test_log import assert_sound
from tests.storage.test_s3_faults import Proxy, answer_with

FIRST, SECOND = RUNS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    return made_runs(tmp_path_factory.mktemp("made"))


def seal(store: Store, made: Made) -> bool:
    """Whether it ended well."""
    try:
        log.seal(store, made.folder.name, made.folder)
    except (*FAILED, StoreError):
        return False
    return True


@pytest.mark.parametrize("kind", ["503", "lost", "short"])
def test_two_at_once_of_which_one_is_struck(
    kind: str, made: dict[str, Made], tmp_path: Path
) -> None:
    for nth in range(1, 17):
        store = open_store(str(tmp_path / str(nth)))
        start = threading.Barrier(2)
        ended: dict[str, bool] = {}

        def one(run: str, of: Store) -> None:
            start.wait()  # noqa: B023
            ended[run] = seal(of, made[run])  # noqa: B023

        threads = [
            threading.Thread(target=one, args=(run, of))
            for run, of in ((FIRST, Faulty(store, nth, kind)), (SECOND, store))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sealed = assert_sound(store)
        assert ended[SECOND]
        assert {run for run, well in ended.items() if well} <= set(sealed)
        assert seal(store, made[FIRST])
        assert sorted(assert_sound(store)) == list(RUNS)


def test_a_clock_that_jumps(
    made: dict[str, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log goes by its numbers: an entry that is dated before the one before it is no fault of
    the archive's."""
    store = open_store(str(tmp_path / "archive"))
    times = []
    for number, hours in enumerate((0, -24 * 365, 5, 24 * 3650, -1)):
        then = (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="microseconds")
        monkeypatch.setattr(log, "now", lambda then=then: then.replace("+00:00", "Z"))
        if number in (1, 3):
            assert seal(store, made[RUNS[number // 2]])
        else:
            log.beat(store)
        times.append(then)
    assert times != sorted(times)
    monkeypatch.undo()
    assert assert_sound(store) == list(RUNS)
    assert audit(store).faults == ()


def test_a_store_that_is_killed_in_the_middle_and_comes_back(
    made: dict[str, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    url = f"s3://{servers.BUCKET}/archive"

    def enter(running: servers.Seaweed) -> Store:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        return open_store(url)

    with servers.seaweed(tmp_path) as running:
        running.client().create_bucket(Bucket=servers.BUCKET)
        store = enter(running)
        assert seal(store, made[FIRST])
        assert isinstance(store, s3.S3Store)
        put, left = store._put_small, iter((False, False, False, True))

        def killing(*args: Any) -> Stored:
            if next(left, False):
                running.server.kill()
            return put(*args)

        monkeypatch.setattr(store, "_put_small", killing)
        with pytest.raises(Unavailable):
            log.seal(store, SECOND, made[SECOND].folder)
    with servers.seaweed(tmp_path) as running:
        store = enter(running)
        assert [one.run for one, _ in log.entries(store)] == [FIRST]
        assert seal(store, made[SECOND])
        assert assert_sound(store) == list(RUNS)
        assert audit(store).faults == ()


# --- through a network that does harm ----------------------------------------------------------


class Harm:
    """Does harm to the answer of the N-th request, and to no other."""

    def __init__(self, nth: int, act: Callable[[bytes], bytes | None]) -> None:
        self._nth, self._act, self._cut = nth, act, False
        self.answers = 0

    def __call__(self, request: bytes, answer: bytes) -> bytes | None:
        begins = answer.startswith(b"HTTP/1.1 ") and not answer.startswith(b"HTTP/1.1 100")
        self.answers += begins
        if begins and self.answers == self._nth:
            return self._act(answer)
        return answer


def busy(answer: bytes) -> bytes | None:
    return answer_with(b"503 Slow Down", b"SlowDown")(b"", answer)


HARMS: dict[str, Callable[[bytes], bytes | None]] = {
    "lost": lambda answer: None,
    "503": busy,
    "silent": lambda answer: b"",
    "short": lambda answer: answer[: len(answer) // 2],
}


@pytest.mark.parametrize("kind", HARMS)
def test_any_answer_may_be_harmed_on_its_way(
    kind: str, made: dict[str, Made], s3_bucket: tuple[str, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    url, env = s3_bucket
    proxy = Proxy(urlsplit(env["AWS_ENDPOINT_URL"]).port or 0)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setattr(s3, "ATTEMPTS", 1)  # a second try of boto3's own would hide the harm
    patient = s3.READ_SECONDS
    # Every fifth request: all of them are struck in test_ten_thousand_faults, without a network.
    for nth in range(1 + list(HARMS).index(kind), 45, 5):
        monkeypatch.setattr(s3, "READ_SECONDS", 1.0)
        proxy.harm = harm = Harm(nth, HARMS[kind])
        ended = seal(open_store(f"{url}/{nth}"), made[FIRST])
        struck = harm.answers >= nth
        proxy.harm = lambda request, answer: answer
        monkeypatch.setattr(s3, "READ_SECONDS", patient)
        store = open_store(f"{url}/{nth}")
        sealed = assert_sound(store)
        assert sealed == [FIRST] * len(sealed)
        assert sealed or not ended
        assert seal(store, made[FIRST])
        assert assert_sound(store) == [FIRST]
        if not struck:
            break
    proxy.close()
    assert not struck, "the sealing takes more requests than were struck"

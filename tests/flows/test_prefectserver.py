"""A configured Prefect server that does not answer: told at once, waited for, given up in time."""

import pytest

from flows import prefectserver
from flows.prefectserver import NoServer, await_answer
from tests import servers
from tests.spiders.small_site import Answer, Site


def dead() -> str:
    """An address where nobody listens."""
    return f"http://127.0.0.1:{servers.free_ports(1)[0]}/api"


def test_one_that_comes_up_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefectserver, "PAUSES", (0.01, 0.02))
    coming = [Answer("", 503), Answer("", 503), Answer("", 503), Answer("true")]
    told: list[str] = []
    with Site({"/api/health": lambda _: coming.pop(0)}) as site:
        await_answer(f"{site.url}api", told.append, 60.0)
        assert site.paths() == ["/api/health"] * 4
        assert f"PREFECT_API_URL ({site.url}api) answers 503 for /health." in told[0]
    assert len(told) == 3


def test_one_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefectserver, "PAUSES", (0.01,))
    told: list[str] = []
    url = dead()
    with pytest.raises(NoServer, match=r"does not answer \(Connection refused\). Start it") as gone:
        await_answer(url, told.append, 0.1)
    assert url in str(gone.value)
    assert told
    assert all(url in one and "asked again in 0.01 s" in one for one in told)


def test_who_may_ask_is_for_prefect_to_say() -> None:
    with Site({"/api/health": Answer("", 401)}) as site:
        await_answer(f"{site.url}api", pytest.fail, 0.0)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "such as http://127.0.0.1:4200/api"),
        ("http://[::1/api", "such as http://127.0.0.1:4200/api"),
        ("http://nobody.invalid/api", "does not answer"),  # RFC 2606 §2: never resolves
    ],
)
def test_an_address_that_is_none_is_named(url: str, said: str) -> None:
    with pytest.raises(NoServer, match=said):
        await_answer(url, pytest.fail, 0.0)

"""A sealed archive of two runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.checks import Trust
from storage.attestation import Attestation, Authority
from storage.signing import Signer, make_key
from tests.authority import TimestampAuthority, timestamp_authority
from tests.flows.checks_made import Archive, Signed


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestampAuthority]:
    with timestamp_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return make_key(tmp_path / "keys")


@pytest.fixture
def signed(tmp_path: Path, signer: Signer) -> Signed:
    return Signed(tmp_path, Attestation(signer), Trust(keys=(signer.public,)))


@pytest.fixture
def stamped(tmp_path: Path, signer: Signer, authority: TimestampAuthority) -> Signed:
    attestation = Attestation(signer, Authority(authority.url, authority.roots))
    return Signed(tmp_path, attestation, Trust(keys=(signer.public,), roots=authority.roots))


@pytest.fixture(scope="module")
def sealed_and_stamped(
    tmp_path_factory: pytest.TempPathFactory, authority: TimestampAuthority
) -> Signed:
    """As `stamped`, once for a module: to be copied, not to be touched."""
    folder = tmp_path_factory.mktemp("stamped")
    signer = make_key(folder / "keys")
    attestation = Attestation(signer, Authority(authority.url, authority.roots))
    return Signed(folder, attestation, Trust(keys=(signer.public,), roots=authority.roots))

"""Which addresses are public."""

import pytest

from spiders.guard import check_address

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254",
    "172.16.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "fe80::1", "fe80::1%eth0",
    "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::", "3fff::1", "5f00::1", "100::1", "192.0.0.8", "192.88.99.1", "fec0::1",
    "fc00::1", "fd00::1", "ff02::1", "ff0e::1", "2001:db8::1", "not an address", "",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "193.0.6.139", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not check_address(address, allow_private=False)
    assert check_address(address, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert check_address(address, allow_private=False)

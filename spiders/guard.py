"""Which addresses a crawl may connect to.

The check is made on the address of the connection that came about, so it does not matter how it was
written (`2130706433`, `0x7f.1`, `[::ffff:127.0.0.1]`), what a name resolved to a moment earlier, or
which redirect led there.
"""

import ipaddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks that reach an IPv4 address through an IPv6 one; what counts is the address inside.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
# All that is given out for the public (RFC 4291 §2.4 and IANA's registry): what lies outside is for
# loopback, links, sites, tunnels and translators, whatever this Python's tables know of it.
UNICAST = ipaddress.IPv6Network("2000::/3")
# Not in the tables of all Pythons: documentation (RFC 9637), protocol assignments (RFC 6890), and
# the relays of 6to4 (RFC 7526).
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))


class AddressRefused(Exception):
    """A connection led to an address that is not public. Nothing was sent."""

    def __init__(self, ip: str, port: int) -> None:
        super().__init__(
            f"refused: {ip} is not a public address. "
            "Set COPYTRAIL_ALLOW_PRIVATE_ADDRESSES=true to crawl hosts of your own network."
        )
        self.ip = ip
        self.port = port


def check_address(ip: str, allow_private: bool) -> bool:
    """Whether we may talk to `ip`, an address as sockets give it.

    Public is what the IANA registries call globally reachable (RFC 6890), but no multicast. An
    address inside another (mapped, 6to4, Teredo, NAT64) has to be public too.
    """
    if allow_private:
        return True
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_public, _meant(address)))


def _is_public(address: IPAddress) -> bool:
    if any(address in network for network in NOT_PUBLIC):
        return False
    if isinstance(address, ipaddress.IPv6Address) and address not in UNICAST:
        return address in NAT64
    return address.is_global and not address.is_multicast


def _meant(address: IPAddress) -> list[IPAddress]:
    """The address, and those inside it. A mapped one is nothing but the address inside."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    found: list[IPAddress] = [address]
    if address.sixtofour:
        found.append(address.sixtofour)
    if address.teredo:
        found += address.teredo
    if address in NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found

"""A credit whose link leads nowhere is told from a credit without a link."""

from msgspec import structs

from flows.crossposts.credits import attribution
from storage.outlets import Outlets
from tests.flows.crossposts_made import HARBOUR, SOURCES, credit, made


def test_a_printed_link_that_leads_nowhere() -> None:
    original = made("north", "ice", HARBOUR)
    said = credit("North Quay")
    outlets = Outlets(SOURCES)
    for href, leads in ((None, None), ("#", "nowhere"), ("javascript:void(0)", "nowhere")):
        copy = made("relay", "taken", HARBOUR, claims=[structs.replace(said, href=href)])
        facts = attribution(copy, original, outlets)
        assert (facts.hyperlink, facts.hyperlink_leads_to) == (None, leads)

"""Whom made-up pages of an unregistered WordPress site name as their origin, in many languages."""

import pytest

from storage.records import Origin
from tests.spiders.claim_pages import COPIES, NOT_COPIES, Made
from tests.spiders.claim_wild import WILD_COPIES, WILD_NOT_COPIES
from tests.spiders.reading_help import PROSE, html, read

URL = "https://riverblog.test/2021/05/a-story-about-rivers/"
TITLE = "A story about rivers"
ALL_COPIES = {**COPIES, **WILD_COPIES}
ALL_OTHERS = {**NOT_COPIES, **WILD_NOT_COPIES}


def origin(made: Made) -> Origin | None:
    page = html(made.inner, before=made.before, after=made.after, head=made.head, title=TITLE)
    page = page.replace(f"<title>{TITLE}</title>", f"<title>{TITLE} - River Blog</title>")
    article = read(page, URL, None)
    assert set(PROSE) <= set(article.paragraphs)
    return article.republished_from


@pytest.mark.parametrize("name", ALL_COPIES)
def test_copies_name_their_original(name: str) -> None:
    assert origin(ALL_COPIES[name]) == ALL_COPIES[name].origin


@pytest.mark.parametrize("name", ALL_OTHERS)
def test_what_only_looks_like_a_copy(name: str) -> None:
    assert origin(ALL_OTHERS[name]) is None

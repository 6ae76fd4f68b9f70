"""Lists that say nothing of themselves, in markup or address, are no articles; short pieces are."""

import pytest

from tests.spiders.reading_help import PROSE, html, read, refused

HEADLINES = ("The bridge that waited eleven years", "Who pays for the market on the far bank")
STYLES = {
    "sections": "<section><a href={link}><h2>{headline}</h2></a><p>{teaser}</p>"
    "<time datetime=2021-05-04>4 May 2021</time></section>",
    "plain divs": "<div class=item><a class=title href={link}>{headline}</a><br>4 May 2021<br>"
    "<p>{teaser}</p></div>",
    "table rows": "<tr><td><b><a href={link}>{headline}</a></b><p>{teaser}</p></td></tr>",
    "list items": "<li><h3><a href={link}>{headline}</a></h3><div>{teaser}</div></li>",
}


def page(cards: str) -> str:
    return (
        "<!doctype html><html lang=en><title>Latest</title><body><nav><a href=/>Home</a></nav>"
        f"<main><h1>Latest</h1><div>{cards}</div></main></body></html>"
    )


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("style", STYLES)
def test_cards_are_a_list(style: str, count: int) -> None:
    cards = "".join(
        STYLES[style].format(link=f"/2021/05/{n}", headline=HEADLINES[n % 2], teaser=PROSE[n])
        for n in range(count)
    )
    if style == "table rows":
        cards = f"<table>{cards}</table>"
    elif style == "list items":
        cards = f"<ul>{cards}</ul>"
    assert refused(page(cards), "https://www.northpost.test/latest")


def test_a_short_piece_beside_links_to_others_is_an_article() -> None:
    others = "".join(f"<p><a href=/{n}>{line}</a></p>" for n, line in enumerate(HEADLINES))
    found = read(html(after=f"<aside><h2>More</h2>{others}</aside>", prose=PROSE[:3]))
    assert found.paragraphs == PROSE[:3]


def test_a_link_to_another_piece_above_the_text_makes_no_list_of_it() -> None:
    before = f"<p>Read also: <a href=/2021/04/bridge>{HEADLINES[0]}</a></p>"
    found = read(html(before=before))
    assert [one for one in found.paragraphs if one in PROSE] == list(PROSE)

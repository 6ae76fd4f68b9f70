"""Where title, date of publication and text of one page came from, and who says otherwise."""

from spiders.parsers import jsonld, titles
from spiders.parsers.body import Body, Stated
from spiders.parsers.provenance import first_of, same_moment, source_of
from spiders.parsers.reading import Reading
from spiders.parsers.targets import place
from storage.records import FieldSource, PrintedDate

SAME = 0.9
"""Share of word 3-grams that two writings of one text have in common at least, both ways: they
differ by a subheading, a caption or a signature."""
LEAST = 60
"""Words of a stated text below which it is an excerpt; as `body.select` has it."""


def title_source(reading: Reading, found: Body, layer: str, plain: dict[str, str]) -> FieldSource:
    """`plain`: what each layer says, without the outlet's name; `layer`: whose was taken."""

    def where(name: str) -> str:
        if name == "h1":
            return place(found.headline.element) if found.headline else "text"
        return reading.title_place(name)

    given = [(where(name), text) for name, text in plain.items()]
    return source_of("title", (where(layer), plain[layer]), given, titles.same)


def date_source(published: list[PrintedDate]) -> FieldSource | None:
    """Of the page's own date of publication."""
    own = [(one.where, one.value or "") for one in published if one.says == "published"]
    return first_of("published_at", own, same_moment)


def text_source(reading: Reading, found: Body, paragraphs: tuple[str, ...]) -> FieldSource | None:
    """Of the paragraphs: the element that holds them."""
    if found.container is None:
        return None
    where = place(found.container)
    chosen = ("rule:body" if reading.ruled.body() is not None else where, " ".join(paragraphs))
    stated = ("jsonld:articleBody", jsonld.text(reading.node.get("articleBody")))
    return source_of("paragraphs", chosen, [stated], _same_text)


def _same_text(one: str, other: str) -> bool:
    second = Stated(other)
    if second.size < LEAST:
        return True
    return second.share(one) >= SAME and Stated(one).share(other) >= SAME

"""Each note that an article can have: a page that earns it, and one beside it that does not."""

import pytest

from spiders.parsers.base import MAX_BYTES
from spiders.parsers.blocks import MAX_BLOCKS
from spiders.parsers.bounds import MAX_ATTRIBUTES, MAX_DEPTH
from spiders.parsers.jsonld import MAX_NODES, MAX_SCRIPT, MAX_SCRIPTS
from spiders.parsers.meta import MAX_TAGS
from spiders.parsers.titles import MAX_TITLE
from tests.spiders.reading_help import html, read

LD = '<script type="application/ld+json">%s</script>'


def attributes(count: int) -> str:
    return "<p " + " ".join(f"a{n}=1" for n in range(count)) + ">A short line.</p>"


def deep(count: int) -> str:
    return "<div>" * count + "</div>" * count


def objects(count: int) -> str:
    return html(head=LD % ("[" + ",".join(['{"@type":"Thing"}'] * count) + "]"))


# What is noted, the page at which it is, and the like of it at which it is not.
NOTED: dict[str, tuple[str, str | bytes, str | bytes]] = {
    "control": ("control characters were read as blanks", html("<p>\x07</p>"), html("<p>\t\n</p>")),
    "direction": (
        "characters that turn the direction of text were left out",
        html("<p>a \u202e b</p>"),
        html("<p>a \u2192 b</p>"),
    ),
    "bytes": (
        f"only the first {MAX_BYTES} of {MAX_BYTES + 1} bytes were read",
        html().encode().ljust(MAX_BYTES + 1),
        html().encode().ljust(MAX_BYTES),
    ),
    "inside a tag": (
        "the page breaks off inside a tag",
        html().removesuffix("</html>") + "<div class='a",
        html(),
    ),
    "no end": (
        "the page has no end; it may have been cut off",
        html().replace("</body>", "").replace("</html>", ""),
        html().replace("</html>", ""),
    ),
    "attributes": (
        f"1 tags had more than {MAX_ATTRIBUTES} attributes, which were left out",
        html(attributes(MAX_ATTRIBUTES + 1)),
        html(attributes(MAX_ATTRIBUTES - 1)),
    ),
    "depth": (
        f"nested too deeply; tags below the {MAX_DEPTH}th level were left out",
        html(deep(1_000)),
        html(deep(60)),
    ),
    "scripts": (
        f"only the first {MAX_SCRIPTS} JSON-LD scripts were read",
        html(head=LD % "{}" * (MAX_SCRIPTS + 1)),
        html(head=LD % "{}" * MAX_SCRIPTS),
    ),
    "objects": (
        f"only the first {MAX_NODES} JSON-LD objects were read",
        objects(MAX_NODES + 1),
        objects(MAX_NODES - 1),
    ),
    "size of JSON-LD": (
        "a JSON-LD script was too large to be read",
        html(head=LD % f'{{"a":"{"b" * MAX_SCRIPT}"}}'),
        html(head=LD % f'{{"a":"{"b" * (MAX_SCRIPT - 100)}"}}'),
    ),
    "broken JSON-LD": (
        "a JSON-LD script is not valid JSON",
        html(head=LD % '{"headline": }'),
        html(head=LD % '{"headline": "A story",}'),
    ),
    "meta": (
        f"only the first {MAX_TAGS} meta tags were read",
        html(head="<meta name=a content=b>" * (MAX_TAGS + 1)),
        html(head="<meta name=a content=b>" * (MAX_TAGS - 5)),
    ),
    "title": (
        f"a title was longer than {MAX_TITLE} characters, and cut there",
        html(title="ab " * MAX_TITLE),
        html(title="ab " * 300),
    ),
    "blocks": (
        f"only the first {MAX_BLOCKS} blocks of text were read",
        html("<p>a</p>" * MAX_BLOCKS),
        html("<p>a</p>" * (MAX_BLOCKS - 100)),
    ),
    "date": (
        "a date could not be read: 'the ides of March' (jsonld:datePublished)",
        html(head=LD % '{"@type":"Article","datePublished":"the ides of March"}'),
        html(head=LD % '{"@type":"Article","datePublished":"2021-03-15"}'),
    ),
}


@pytest.mark.parametrize("what", NOTED)
def test_what_was_not_read_is_noted_and_nothing_else_is(what: str) -> None:
    note, wrong, right = NOTED[what]
    assert read(wrong).notes == (note,)
    assert read(right).notes == ()

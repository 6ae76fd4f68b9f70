"""The articles of the bundled outlets, as data: one file each, YAML front matter and text.

In the text a blank line ends a block; `## ` opens a subheading, `> ` a block quotation, and
`@media PATH` names a video. `@copy OUTLET/SLUG all|FIRST-LAST` takes over the blocks of another
article (counting from 1, videos left out), so that what is copied cannot drift from its original.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
NAMES = {
    "steppe-front": "Steppe Front",
    "common-inquiry": "Common Inquiry",
    "kestrel-daily": "Kestrel Daily",
}
TAXONOMY = ("categories", "tags", "region", "theme", "section")


@dataclass(frozen=True)
class Block:
    """One piece of an article's text: `p`, `h2`, `quote`, or `media` (the path of a video)."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whom a page names as its source, and how."""

    name: str
    article: str | None = None
    """The original, outlet/slug."""
    dead_link: bool = False
    """Its links read "#", or there are none."""
    date: str | None = None
    """The original's date, as the page prints it."""
    support: bool = False
    """The page carries the original's appeal for donations."""


@dataclass(frozen=True, kw_only=True)
class Image:
    file: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Article:
    outlet: str
    slug: str
    title: str
    published: str
    blocks: tuple[Block, ...]
    id: int = 0
    title_prefix: str | None = None
    authors: tuple[str, ...] = ()
    modified: str | None = None
    language: str = "en"
    taxonomy: dict[str, tuple[str, ...]] = field(default_factory=dict)
    image: Image | None = None
    standfirst: str | None = None
    source: Source | None = None
    credit: str | None = None
    based_on: str | None = None
    notes: tuple[str, ...] = ()
    update: str | None = None
    copied_from: str | None = None
    from_visit: int = 1
    gone_at: int | None = None

    @property
    def key(self) -> str:
        return f"{self.outlet}/{self.slug}"

    @property
    def path(self) -> str:
        if self.outlet == "steppe-front":
            return f"/{self.slug}/"
        if self.outlet == "common-inquiry":
            return f"/{self.slug}/{self.id}"
        day = self.published[:10].replace("-", "/")
        return f"/{self.taxonomy['section'][0].lower()}/{day}/{self.slug}"

    @property
    def headline(self) -> str:
        return f"{self.title_prefix}: {self.title}" if self.title_prefix else self.title

    @property
    def text(self) -> list[str]:
        return [block.text for block in self.blocks if block.kind != "media"]

    @property
    def excerpt(self) -> str:
        """The opening words, as teasers and feeds show them."""
        words = self.text[0].split()
        return " ".join(words[:28]) + (" […]" if len(words) > 28 else "")

    def there(self, visit: int) -> bool:
        return self.from_visit <= visit and (self.gone_at is None or visit < self.gone_at)


def curly(text: str) -> str:
    """Typographic quotes and dashes, as WordPress and newsroom systems set them."""
    text = re.sub(r'(^|[\s(\[])"', r"\1“", text).replace('"', "”")
    text = re.sub(r"(^|[\s(\[])'", r"\1‘", text).replace("'", "’")
    return text.replace(" - ", " – ")


def straight(text: str) -> str:
    """Typewriter quotes, as a page pasted together by hand has them."""
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def _file(key: str) -> tuple[dict[str, Any], str]:
    outlet, slug = key.split("/")
    text = (HERE / outlet / "articles" / f"{slug}.md").read_text("utf-8")
    _, front, body = re.split(r"^---\n", text, maxsplit=2, flags=re.M)
    return yaml.safe_load(front), body


def _blocks(body: str) -> tuple[list[Block], str | None]:
    """The blocks of a text and, where it copies, the key of the article that it copies."""
    blocks: list[Block] = []
    copied = None
    for piece in re.split(r"\n\s*\n", body.strip()):
        if piece.startswith("@copy "):
            _, copied, which = piece.split()
            theirs = [block for block in _blocks(_file(copied)[1])[0] if block.kind != "media"]
            first, last = (1, len(theirs)) if which == "all" else map(int, which.split("-"))
            blocks += theirs[first - 1 : last]
        elif piece.startswith("@media "):
            blocks.append(Block("media", piece.removeprefix("@media ")))
        elif piece.startswith("## "):
            blocks.append(Block("h2", piece.removeprefix("## ")))
        elif piece.startswith("> "):
            blocks.append(Block("quote", piece.removeprefix("> ")))
        else:
            blocks.append(Block("p", " ".join(piece.split())))
    return blocks, copied


def _article(key: str, visit: int) -> Article:
    front, body = _file(key)
    outlet, slug = key.split("/")
    blocks, copied = _blocks(body)
    replace = front.pop("replace", [])
    edit = front.pop("edit", None)
    if edit and visit > 1:
        replace += edit["replace"]
        front |= {"modified": edit["modified"], "update": edit["note"]}
    mark = straight if outlet == "common-inquiry" else curly
    for old, new in replace:
        assert any(old in block.text for block in blocks), (
            f"{key} replaces {old!r}, which is not there"
        )
        blocks = [Block(block.kind, block.text.replace(old, new)) for block in blocks]
    taxonomy = {
        name: (value,) if isinstance(value, str) else tuple(value)
        for name in TAXONOMY
        if (value := front.pop(name, None))
    }
    return Article(
        outlet=outlet,
        slug=slug,
        title=mark(front.pop("title")),
        authors=tuple(front.pop("authors", ())),
        notes=tuple(front.pop("notes", ())),
        image=Image(**image) if (image := front.pop("image", None)) else None,
        source=Source(**source) if (source := front.pop("source", None)) else None,
        blocks=tuple(
            Block(block.kind, block.text if block.kind == "media" else mark(block.text))
            for block in blocks
        ),
        taxonomy=taxonomy,
        copied_from=copied,
        **front,
    )


@cache
def articles(visit: int) -> dict[str, Article]:
    """All articles by outlet/slug on a visit, also those that are gone or to come."""
    found = (
        _article(f"{outlet}/{path.stem}", visit)
        for outlet in NAMES
        for path in sorted((HERE / outlet / "articles").glob("*.md"))
    )
    return {article.key: article for article in found}


@cache
def comments(outlet: str) -> dict[str, list[list[str]]]:
    """What readers wrote, by slug."""
    path = HERE / outlet / "comments.yml"
    return yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}

"""What on a page is furniture and not its text, by tag, class, id, role and style."""

# ruff: noqa: E501  (a pattern is read whole)

import re
from functools import lru_cache

from spiders.parsers.base import Element

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Furniture by tag. `header` and `form` are not here: headers hold headlines and leads, and old
# ASP.NET sites wrap the whole page in one form.
FURNITURE = {
    "nav": "nav", "footer": "footer", "aside": "aside", "button": "control", "figcaption": "caption",
    "dialog": "dialog", "figure": "caption", "menu": "nav", "label": "control",
}  # fmt: skip
# Furniture by class, id and role. Words are whole parts of a name (`share-bar`, `post_share`).
CLASSES = (
    ("share", r"shar(?:e|ing)\d?(?!d)|social|addtoany|sharedaddy|addthis|follow-?us|sns"),
    ("comments", r"comments?(?!ary)|disqus|respond|discussion|kommentare?|coral"),
    ("related", r"related|recommend\w*|read-?more|more-?(?:on|from|news|stories)|see-?also"
                r"|most-?(?:read|popular)|popular|trending|outbrain|taboola|up-?next|next-?(?:post|"
                r"article)|prev(?:ious)?-?post|jp-relatedposts|yarpp|crp_related|further|also-?read"
                r"|inline-?(?:asset|article|related)|ligatus|plista|carousel|linklist|link-?list|mehr-?zum|zum-?thema|onward"),
    ("teaser", r"teasers?|promo\w*"),
    ("newsletter", r"newsletter\w*|subscri(?:be|ption)\w*|sign-?up|signup|mailchimp|mc_embed\w*"),
    ("donate", r"donat(?:e|ion)s?|support-?us|spenden|patreon|paypal"),
    ("advert", r"ad(?:vert\w*|s|box|slot|container|wrapper|unit)?|sponsor\w*|anzeige|werbung|"
               r"publicid\w*|reklam\w*|banner|dfp|adsbygoogle|td-a-rec|affiliate\w*"),
    ("cookie", r"cookies?\w*|consent\w*|gdpr|cmp"),
    ("nav", r"nav|navbar|navigation|menu|breadcrumbs?\w*|pagination|pager|toc|skip-?links?|sitemap"),
    ("footer", r"footer|site-?info|colophon|imprint"),
    ("caption", r"caption\w*|wp-caption\w*|credit|bildunterschrift|gallery|slideshow|lightbox"
                r"|image-?(?:meta|info|description)|media-?(?:meta|info)|copyright|photo-?info"),
    ("box", r"(?:info|fact|side|expandable|context|service|author|autoren|person)-?box(?:es)?|call-?out|key-?facts|upgrade-?cta|call-?to-?action|opt-?in"
            r"|disclaimer\w*"),
    ("embed", r"twitter-?tweet|instagram-?media|tiktok-?embed|fb-?(?:post|video)|o?embed(?:s|ded)?(?:-\w+)*|tweet"),
    ("quote", r"pull-?quotes?|quote-?box|pullout|pull-?out"),
    ("picture", r"(?:content|news|article|story|item|post|lead|main)?-?(?:image|photo|picture|img|bild|foto|gallery)s?"
                r"(?:-(?:wrapper|container|box|block|center|text))?|(?:c-)?video(?:-\w+)*"),
    ("sidebar", r"sidebar|widget\w*|rail|side-?bar|complementary"),
    ("author", r"saboxplugin-?\w*|author-?(?:bio|box|info|card|description|profile)|about-?(?:the-?)?author|bio|"
               r"byline\w*|author|authors|autor\w*|auteurs?|yazar\w*|penulis|post-?meta|entry-?meta|article-?meta|meta-?data"),
    ("tags", r"tags?|tag-?(?:list|links|cloud)|tagcloud|keywords|topics?|post-?tags|entry-?tags|"
             r"entry-?footer|cat-?links|categories"),
    ("hidden", r"sr-only|screen-?reader(?:-text)?|visually-?hidden|visuallyhidden|u-hidden|print-?only"),
    ("dialog", r"modal|popup|pop-?up|overlay|tooltip|toast|lightbox|regwall|login"),
    ("player", r"player|audio-?player|video-?js|jwplayer|playlist|tts|vjs-\w+"),
    ("date", r"date|dateline|timestamp|pubdate|published|publish-?date|posted-on|time-?stamp"),
)  # fmt: skip
# The start is looked for once, not once for each kind: most signs of a name start no word.
CLASS_PATTERN = re.compile(
    "(?<![a-z0-9])(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in CLASSES)
    + ")(?![a-z0-9])"
)
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Names that say how the page is laid out, not what the element is (`has-sidebar`, `no-tts`).
LAYOUT = re.compile(
    r"(?<![\w-])(?:has|no|with|without|is|not|hide|js)-[\w-]*|(?<=-)(?:and-)?sidebar-?(?:left|right)"
)
# Names of what holds the text; they win over any other name on the same element.
CONTENT = re.compile(
    r"(?<![a-z])(?:article|entry|post|story|news|main|page|text|single|content)[-_]{0,2}"
    r"(?:body|content|text|copy|paragraphs?|main|column)(?![a-z])|(?<![a-z])(?:body|rich|main)-?(?:text|copy)(?![a-z])"
)
# Names of the element that is an author's name and nothing else (WordPress blocks, hCard).
AUTHOR_NAME = re.compile(
    r"(?<![a-z])(?:author|byline)(?:-|_{1,2})(?:name|link)(?![a-z])|(?:^|\s)(?:fn|p-author)(?=\s|$)",
    re.IGNORECASE,
)
# Names of the part of a line that is the author's name, perhaps after `By`.
AUTHOR_PART = re.compile(
    r"(?:[a-z]+[-_]{1,2})*(?:author|byline|autore?|auteur|schrijver|penulis|yazar|firma|signature|verfasser)"
    r"(?:[-_]{1,2}(?:name|link))?",
    re.IGNORECASE,
)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
# These may hold more text than the article and are still not it.
NEVER = frozenset(("cookie", "comments", "nav", "footer", "hidden", "related", "box"))


def furniture(element: Element, tag: str) -> str | None:
    """What kind of furniture an element's tag, role, class or id says that it is."""
    if tag in FURNITURE:
        if tag == "figure" and not any(True for _ in element.iter("img", "video", "picture")):
            pulled = named(f"{element.get('class', '')} {element.get('id', '')}")
            return pulled if pulled == "quote" else None  # a quotation or a table
        return FURNITURE[tag]
    attributes = dict(element.items())  # many times as fast as to ask the tree for each
    if not attributes:
        return None
    style = attributes.get("style")
    if "hidden" in attributes or (style and HIDDEN_STYLE.search(style)):
        # A script shows what lies behind a paywall; the reader sees it then.
        return None if "paywall" in attributes.get("class", "") else "hidden"
    if tag in HEADINGS:
        return None
    shown = (attributes.get("class", ""), attributes.get("id", ""), attributes.get("role", ""))
    return named(" ".join(shown)[:400])


@lru_cache(maxsize=4096)  # a site repeats its names; a page has some hundred
def named(names: str) -> str | None:
    """What kind of furniture class, id and role name."""
    if len(names) < 3:
        return None
    names = LAYOUT.sub("", CAMEL.sub("-", names).lower())
    if CONTENT.search(names):
        return None
    found = CLASS_PATTERN.search(names)
    return found.lastgroup if found else None


@lru_cache(maxsize=4096)
def of_author(names: str) -> bool:
    """Whether a class is that of the author's name."""
    return any(AUTHOR_PART.fullmatch(name) for name in names[:400].split())

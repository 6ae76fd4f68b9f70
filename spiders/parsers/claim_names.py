"""What is no name, and where a name ends, in the words after a phrase that credits."""

# ruff: noqa: E501  (a pattern is read whole)

import re

# Link words that name nothing.
GENERIC = re.compile(
    r"^\W{0,20}(?:here|this|link|click here|the original|original|original (?:article|story|post|source|version)|"
    r"source|read more|more|article|full (?:article|story)|hier|ici|aquí|здесь|website|site|this link|"
    r"the (?:article|story|post)|https?:.*|www\..*)\W{0,20}$",
    re.IGNORECASE,
)
# Where a name ends in running text.
NAME_END = re.compile(
    r"\n|[;()\[\]|•*]|[,:](?=\s|$)|[.!?](?=\s|$|[”\"'’])|\s(?:–|—|-)\s|\s(?:on|in|under|as|where|with|and\s+(?:is|was|has|re|appears|can|has)|"
    r"by|via|at|here|before|for|when|is|was|has|am|vom|und|erschienen|veröffentlicht|le|el|sous|bajo|под|"
    r"et\s+est|y\s+(?:es|se)|before|after|to)\b|\s\d{1,2}\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(
    r"^(?:der|die|das|dem|den|im|l['’]|le|la|les|el|los|las|il|lo|o|a|an)\s*(?=[A-ZÀ-Ý«\"“])"
)
DATE_START = re.compile(
    r"^\W{0,20}(?:\d|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|(?:january|february|march|april|may|june|july|"
    r"august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?\s+\d)",
    re.IGNORECASE,
)
# What stands after a phrase where no outlet is named: under which headline, in which issue, when.
NOT_NAMED = re.compile(
    r"^\W*(?:(?:under|with|unter|mit|sous|bajo|con|под|med|onder)\s+(?:the\s+|an?(?:other)?\s+|der\s+|dem\s+|le\s+|el\s+)?(?:headline|heading|title|name|überschrift|titel|titre|título|заголовком|названием)\b"
    r"|(?:last|yesterday|today|earlier|years?\s+ago|gestern|heute|hier\b(?=\s)|ayer|вчера)\b"
    r"|(?:in\s+|en\s+|im\s+jahr\s+|в\s+)?(?:(?:january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember)\s+)?(?:19|20)\d\d\b"
    r"|(?:(?:the|our|its|this|der|die|das|unserer?|la|le|notre|nuestr[ao])\s+)?(?:[\w.]+\s+)?(?:\d{4}\s+)?(?:print|printausgabe|gedruckten?|ausgabe|issue|edition|rubrik|rubrique|section|sección|series|serie|newsletter|part|parts)\b(?!\s+(?:(?:of|der|des|von|de|du|del)\s+)?(?:the\s+)?(?-i:[A-ZÀ-ÝА-Я])))",
    re.IGNORECASE,
)
# A name that begins so is the page's own outlet's: `our old site`.
OURS = re.compile(
    r"(?:our|my|unser\w*|mein\w*|notre|nos|nuestr\w*|nostr\w*|noss\w*|наш\w*)\s", re.IGNORECASE
)

# Sites that host everybody: a link to one names no outlet.
HOSTS = frozenset(
    [
        "facebook.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "t.me",
        "telegram.me",
        "linkedin.com",
        "youtube.com",
        "youtu.be",
        "patreon.com",
        "paypal.com",
        "paypal.me",
        "pinterest.com",
        "reddit.com",
        "whatsapp.com",
        "tiktok.com",
        "vk.com",
        "threads.net",
        "bsky.app",
        "flipboard.com",
        "getpocket.com",
        "google.com",
        "disqus.com",
        "gofundme.com",
        "buymeacoffee.com",
        "ko-fi.com",
        "donorbox.org",
        "wikipedia.org",
        "flickr.com",
        "amazon.com",
        "apple.com",
        "spotify.com",
        "soundcloud.com",
    ]
)

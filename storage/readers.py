"""By whom an article was read: whether a difference can be the page's, or only the reader's.

A page that is read by another parser than before may come out differently though its publisher
changed nothing. Such a pair of records says nothing about an edit; `copytrail read --again` has
both captures read by the same parser, and then it can be told.
"""

from storage.records import Article

DAY = 10  # characters of an ISO 8601 day


def parser_name(generic: str, source: str = "", version: str = "") -> str:
    """`generic/2`, with the rules of a source in front of it: `kestrel/2019-01-01.5f2c81d0+…`."""
    return f"{source}/{version}+{generic}" if source else generic


def comparable(earlier: Article, later: Article) -> bool:
    """Whether both were read alike, so that what differs is the publisher's doing.

    So they were by the same parser; also by two sets of rules of one source that begin on different
    days, for each is right for the pages of its own time.
    """
    one, other = _parts(earlier.parser), _parts(later.parser)
    if one[-1] != other[-1]:
        return False
    before, after = one[:-1], other[:-1]
    if before == after:
        return True
    if not after:
        return False  # rules that ended, or were taken away
    since = _since(after[0])
    if not before:
        return earlier.captured_at[:DAY] < since
    return _since(before[0]) != since


def _parts(parser: str) -> list[str]:
    return parser.split("+")


def _since(rules: str) -> str:
    """The day from which rules hold, out of their name."""
    return rules.rpartition("/")[2].partition(".")[0]

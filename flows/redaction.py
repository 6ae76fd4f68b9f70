"""Keep secrets out of what is printed."""

import re


def without_password(url: str) -> str:
    """A URL with `***` in place of its password."""
    return re.sub(r"(://[^:/@\s]*):[^@/\s]*@", r"\1:***@", url)

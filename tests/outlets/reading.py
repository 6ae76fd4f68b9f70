"""Reading the bundled outlets over HTTP, for their tests."""

import gzip
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from lxml import etree
from lxml import html as lxml_html

from tests.outlets.expected import expected
from tests.outlets.server import Outlets


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, headers=named)) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


def page(url: str) -> Any:
    status, _, body = fetch(url)
    assert status == 200, url
    return lxml_html.fromstring(body.decode())


def visible(url: str) -> str:
    tree = page(url)
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return " ".join(tree.text_content().split())


def locations(url: str) -> list[str]:
    _, _, body = fetch(url)
    tree = etree.fromstring(gzip.decompress(body) if url.endswith(".gz") else body)
    found = [str(loc) for loc in tree.xpath("//*[local-name()='loc']/text()")]
    if etree.QName(tree).localname == "sitemapindex":
        return [loc for part in found for loc in locations(part)]
    return found


def posts(outlets: Outlets, query: str) -> Any:
    return json.loads(fetch(f"{outlets.urls['steppe-front']}/wp-json/wp/v2/posts?{query}")[2])


def truth(outlets: Outlets) -> dict[str, Any]:
    return expected(outlets.urls, outlets.visit)


def single(outlets: Outlets, case: str) -> str:
    return str(truth(outlets)["single"][case]["article"])

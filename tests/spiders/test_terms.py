"""Permissions read into facts: who grants, for what, on which conditions, by which licence."""

# ruff: noqa: E501  (a sentence is read whole)

import pytest

from spiders.parsers.terms import licence
from storage.records import Claim, Terms
from tests.spiders.reading_help import html, read

SEED = (
    "The Centre for River Research grants permission to cross-post North Post articles on community internet "
    "sites as long the source and copyright are acknowledged together with a hyperlink to the original North "
    "Post article."
)
LICENCE = "https://creativecommons.org/licenses/by-nc-nd/4.0/"


def permission(inner: str, **parts: str) -> Claim:
    found = [one for one in read(html(inner, **parts)).claims if one.kind == "permission"]
    assert found, "no permission was read"
    return found[0]


def facts(words: str) -> Terms:
    found = permission(f"<p>{words}</p>").terms
    assert found is not None
    return found


def test_who_grants_what_on_which_conditions() -> None:
    said = permission(f"<p>{SEED}</p>")
    assert (said.target_name, said.about) == ("The Centre for River Research", "self")
    assert said.terms == Terms(
        stance="given", what="cross-post North Post articles on community internet sites",
        grants=("cross-post",), conditions=("attribution", "link", "notice"),
    )  # fmt: skip


GIVEN = {
    "Republishing is welcomed with reference to South Wire.": (("republish",), ("attribution",)),
    "Our articles may be freely republished, unedited, with a link to the original.": (("republish",), ("link", "unchanged")),
    "You are free to republish our stories. Please credit the author and link to us.": (("republish",), ("attribution", "link")),
    "Nachdruck mit Quellenangabe erwünscht.": (("reprint",), ("attribution",)),
    "Перепечатка материалов разрешается только со ссылкой на сайт.": (("reprint",), ("attribution", "link")),
    "Se permite la reproducción sin fines comerciales citando la fuente.": (("reproduce",), ("attribution", "non-commercial")),
}  # fmt: skip


@pytest.mark.parametrize("words", GIVEN)
def test_permissions_that_a_page_gives(words: str) -> None:
    found = facts(words)
    assert (found.stance, found.grants, found.conditions) == ("given", *GIVEN[words])


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("Reprinted here with permission from South Wire.", "South Wire"),
        ("This article is republished from South Wire under a Creative Commons license.", "South Wire"),
        ("Mit freundlicher Genehmigung von South Wire.", "South Wire"),
        ("Republicado con permiso de South Wire.", "South Wire"),
        ("Перепечатано с разрешения South Wire.", "South Wire"),
    ],
)  # fmt: skip
def test_permissions_that_a_page_made_use_of(words: str, by: str) -> None:
    found = facts(words)
    assert (found.stance, found.by) == ("used", by)


@pytest.mark.parametrize(
    "words",
    [
        "This material may not be reproduced without permission.",
        "Reproduction in whole or in part is strictly prohibited.",
        "Nachdruck, auch auszugsweise, ist untersagt.",
        "Prohibida su reproducción total o parcial.",
        "Копирование материалов запрещено.",
    ],
)
def test_permissions_that_a_page_refuses(words: str) -> None:
    assert facts(words).stance == "refused"


LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "http://creativecommons.org/licenses/by-nc-sa/3.0/de/": "CC BY-NC-SA 3.0",
    "https://creativecommons.org/publicdomain/zero/1.0/deed.de": "CC0 1.0",
    "https://creativecommons.org/licenses/": None,
    "CC BY-NC-ND 4.0": "CC BY-NC-ND 4.0",
    "CC-BY-SA": "CC BY-SA",
    "a Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International License": "CC BY-NC-ND 4.0",
    "Creative Commons Namensnennung – Keine Bearbeitung 4.0": "CC BY-ND 4.0",
    "a Creative Commons license": None,
    "CC Sabathia": None,
}  # fmt: skip


@pytest.mark.parametrize("said", LICENCES)
def test_licences(said: str) -> None:
    assert licence(said, said if said.startswith("http") else None) == LICENCES[said]


def test_a_licence_is_read_into_its_conditions() -> None:
    said = (
        f"<p>This story is published under a <a href='{LICENCE}'>Creative Commons licence</a>.</p>"
    )
    found = permission(said)
    assert found.terms is not None
    assert (found.terms.licence, found.terms.licence_url) == ("CC BY-NC-ND 4.0", LICENCE)
    assert found.terms.grants == ("share",)
    assert found.terms.conditions == ("attribution", "non-commercial", "unchanged")


@pytest.mark.parametrize(
    "head",
    [
        f"<link rel=license href='{LICENCE}'>",
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"A story about rivers","license":"{LICENCE}"}}</script>',
    ],
)
def test_a_licence_for_machines(head: str) -> None:
    found = permission("", head=head)
    assert (found.about, found.target_url) == ("self", LICENCE)
    assert found.place in ("link:license", "jsonld:license")


PROSE_ABOUT_RIGHTS = (
    "The council may not be reproduced in its old form, said Ann Marsh, and shared the costs with all towns.",
    "Avec l’autorisation des frappes de missiles, le conflit a pris un autre caractère, a dit la ministre.",
    "Использование материалов дела в таких случаях распространено, сказала она, и в других странах тоже.",
)


@pytest.mark.parametrize("words", PROSE_ABOUT_RIGHTS)
def test_prose_about_rights_is_no_permission(words: str) -> None:
    article = read(html(f"<p>{words}</p>"))
    assert words in article.paragraphs
    assert [one for one in article.claims if one.kind == "permission"] == []

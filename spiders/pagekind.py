"""Pages that stand in an article's place: challenges, blocks, consent and login walls, soft 404s.

Pure: a page in, what it is and why out. Such a page is archived like any other, flagged in its
Capture, and never read as an article: EDGI's monitoring stored challenge pages as versions of
government pages for months.

Two rules keep real articles from being lost. What a vendor's machinery leaves in a page that it
guards (Cloudflare puts a script into ordinary pages, too) counts only where the page has hardly any
text; and words count only as the title or the first heading, never in the text.
"""

import re
from urllib.parse import urlsplit

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from spiders.charsets import as_utf8
from spiders.markup import too_deep
from storage.records import Page, PageKind

MAX_BYTES = 1024 * 1024
"""Bytes that are looked at. Walls are small; the largest that we know, a consent page, has 400 KB,
most of it scripts."""
# Characters of text beside links that a page of each kind has at most, and for a page that says of
# itself that it is an article, at most (a wall may keep the head of the page that it hides).
MAX_TEXT: dict[PageKind, tuple[int, int]] = {
    "challenge": (1200, 100),
    "block": (1500, 300),
    "login": (1500, 300),
    "soft-404": (1500, 0),
    "consent": (10_000, 600),  # they list purposes and partners
}
FURNITURE = "script, style, template, svg, nav, header, footer, aside, a, select, option, title"

# What answers put into their heads.
HEADERS: tuple[tuple[str, str, PageKind], ...] = (
    ("cf-mitigated", r"challenge", "challenge"),
    ("x-amzn-waf-action", r"challenge|captcha", "challenge"),
    ("x-sucuri-block", r".", "block"),
)
# What challenges are made of, and other pages are not: Cloudflare, DataDome, HUMAN, AWS, Sucuri,
# DDoS-Guard, Anubis, Akamai, Fastly, Vercel, SiteGround.
MACHINERY = (
    b"_cf_chl_opt", b"cf_chl_", b'"challenge-form"', b"cf-browser-verification",
    b"geo.captcha-delivery.com", b"px-captcha", b"awsWafCookieDomainList", b"gokuProps",
    b"sucuri_cloudproxy_js", b"js-challenge.ddos", b"anubis_challenge", b"sec-if-cpt-container",
    b"_fs-ch-", b"vercel/security", b"sgcaptcha",
)  # fmt: skip
# What guarded sites have in ordinary pages, too: a challenge where there is next to nothing else.
AMBIENT = (
    b"_Incapsula_Resource", b"_pxAppId", b"KPSDK", b"imunify360", b"ddos-guard/check",
    b"h-captcha", b"g-recaptcha", b"cf-turnstile",
)  # fmt: skip
AMBIENT_TEXT = 300
END = r"\s*(?:$|[|·•:!?.…,–—-])"
TITLES: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    (
        "challenge",
        re.compile(
            r"^(?:just a moment|one moment,? please|please wait|attention required|ddos-guard"
            r"|checking your browser|security (?:check|verification)|bot verification"
            r"|(?:are you|verify(?:ing)? (?:that )?you(?:'|’)?(?: a)?re|confirm you(?:'|’)?re)"
            r" (?:not )?(?:a )?(?:human|robot|bot)|verify you are (?:a )?human|human verification"
            r"|making sure you(?:'|’)re not a bot|client challenge|vercel security checkpoint"
            r"|robot check|captcha|einen moment|nur einen moment|sicherheitsüberprüfung"
            r"|un instant|vérification de sécurité|un momento|comprobación de seguridad"
            r"|один момент|проверка браузера|sind sie ein (?:mensch|roboter))" + END,
            re.IGNORECASE,
        ),
    ),
    (
        "block",
        re.compile(
            r"^(?:(?:error )?403(?: error)?|forbidden|(?:403 )?forbidden|access (?:to this page )?"
            r"(?:is |has been )?(?:denied|blocked|restricted)|(?:sorry,? )?you have been blocked"
            r"|request (?:blocked|rejected|unsuccessful)|blocked|error 10(?:05|06|09|15|20)"
            r"|(?:451 )?unavailable (?:for legal reasons|in your (?:country|region))"
            r"|(?:this (?:site|content|page) is )?not available in your (?:country|region)"
            r"|too many requests|429|zugriff verweigert|accès (?:refusé|interdit)"
            r"|acceso denegado|accesso negato|acesso negado|доступ (?:запрещ[её]н|ограничен)"
            r"|sucuri website firewall|pardon our interruption)" + END,
            re.IGNORECASE,
        ),
    ),
    (
        "consent",
        re.compile(
            r"^(?:before you continue|we (?:value|care about) your privacy|(?:cookie|privacy)"
            r" (?:consent|settings|preferences|gate|wall|notice)|your privacy(?: choices)?"
            r"|we and our (?:\d+ )?partners|bevor sie (?:fortfahren|weiterlesen)|datenschutz"
            r"-?(?:einstellungen|zustimmung)|(?:ihre )?zustimmung|cookie-?einstellungen"
            r"|avant (?:de continuer|d(?:'|’)accéder)|votre vie privée|gestion des cookies"
            r"|antes de continuar|prima di continuare|contentpass|dpg media privacy)" + END,
            re.IGNORECASE,
        ),
    ),
    (
        "login",
        re.compile(
            r"^(?:(?:please )?(?:log|sign)[ -]?in(?: (?:to|with|or) .{0,60})?|login|log on"
            r"|(?:register|subscribe) to (?:continue|read).{0,40}|anmelden|anmeldung|einloggen"
            r"|(?:se )?connecter|connexion|identifiez-vous|iniciar sesión|accedi|entrar|iniciar"
            r" sessão|вход|войти|авторизация|aanmelden|inloggen|zaloguj się|logowanie)" + END,
            re.IGNORECASE,
        ),
    ),
    (
        "soft-404",
        re.compile(
            r"^(?:(?:error |http )?404(?: error)?(?:[ :–—-]+(?:page |file )?not found)?"
            r"|(?:(?:oops|sorry)[!,. ]*)?(?:the )?(?:page|article|content|story|post|file)"
            r" (?:could |can )?(?:not|(?:can|could)n(?:'|’)t) (?:be )?found|page not found"
            r"|not found|nothing found|page (?:does not|doesn(?:'|’)t) exist"
            r"|(?:this|the) (?:page|article|content) (?:is )?(?:no longer|not) (?:available"
            r"|exists?)|(?:die )?seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
            r"|página no (?:encontrada|existe)|pagina non trovata|página não encontrada"
            r"|страница не найдена|pagina niet gevonden|nie znaleziono strony"
            r"|stránka nenalezena)" + END,
            re.IGNORECASE,
        ),
    ),
)  # fmt: skip
ADDRESSES: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    (
        "consent",
        re.compile(
            r"//(?:consent|guce|myprivacy|privacy-?gate)\."
            r"|/(?:cookie-?wall|consent|zustimmung|privacy-?(?:gate|wall)|euconsent)(?:[/?.]|$)",
            re.IGNORECASE,
        ),
    ),
    (
        "login",
        re.compile(
            r"//(?:login|signin|accounts?|auth|sso)\."
            r"|/(?:wp-login\.php|log-?in|sign-?in|auth/realms|oauth2?|sso|anmelden)(?:[/?.]|$)",
            re.IGNORECASE,
        ),
    ),
)
STATED = (
    'meta[property="og:type"][content="article"]',
    'meta[property="article:published_time"]',
    'script[type="application/ld+json"]',
)


class Wall(Struct, frozen=True):
    """What stands in the place of the page that was asked for."""

    kind: PageKind
    reason: str
    """In words."""


def wall(page: Page) -> Wall | None:
    """What stands in the page's place; None where it may be what was asked for."""
    for name, pattern, kind in HEADERS:
        for own, value in page.headers:
            if own.lower() == name and re.search(pattern, value, re.IGNORECASE):
                return Wall(kind, f"header {name}: {value[:80]}")
    if "html" not in (page.capture.mime or "html") or not page.body:
        return None
    body = as_utf8(page, MAX_BYTES)
    if too_deep(body) is not None:  # what is hidden below could be an article
        return None
    tree = LexborHTMLParser(body)
    found = _made_of(MACHINERY, body) or _by_title(tree, page) or _by_address(page)
    guarded = _made_of(AMBIENT, body)
    # A page that is longer than what was looked at is no wall.
    if len(page.body) > MAX_BYTES or not (found or guarded):
        return None
    stated, text = _stated(tree), _text(tree)
    if found and text <= MAX_TEXT[found.kind][stated]:
        return found
    return guarded if text <= AMBIENT_TEXT and not stated else None


def _made_of(parts: tuple[bytes, ...], body: bytes) -> Wall | None:
    part = next((part for part in parts if part in body), None)
    return Wall("challenge", f"made of {part.decode()}") if part else None


def _by_title(tree: LexborHTMLParser, page: Page) -> Wall | None:
    status = page.capture.status or 200
    nodes = [tree.css_first("title"), tree.css_first("h1")]
    for text in (" ".join(node.text().split())[:200] for node in nodes if node is not None):
        # "Outlet – Page not found" is as usual as "Page not found – Outlet".
        for part in dict.fromkeys([text, re.split(r"\s[|·•–—-]\s", text)[-1]]):
            for kind, pattern in TITLES:
                if pattern.search(part) and not (kind == "soft-404" and status != 200):
                    if kind == "login" and not _asks_for_password(tree):
                        continue
                    return Wall(kind, f"headed {part[:80]!r}")
    return None


def _by_address(page: Page) -> Wall | None:
    """A redirect to where people consent or log in; pages lie at such addresses, too."""
    if page.capture.why != "redirect":
        return None
    parts = urlsplit(page.capture.page_url)
    at = f"//{parts.netloc}{parts.path}"
    for kind, pattern in ADDRESSES:
        if pattern.search(at):
            return Wall(kind, f"redirected to {parts.netloc}{parts.path}"[:120])
    return None


def _asks_for_password(tree: LexborHTMLParser) -> bool:
    return tree.css_first('input[type="password" i], input[type="email" i]') is not None


def _stated(tree: LexborHTMLParser) -> bool:
    """Whether the page says of itself that it is an article."""
    *marks, linked = STATED
    if any(tree.css_first(mark) is not None for mark in marks):
        return True
    return any(re.search(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|BlogPosting)"', node.text())
               for node in tree.css(linked)[:20])  # fmt: skip


def _text(tree: LexborHTMLParser) -> int:
    """Characters of text beside links and furniture. It changes the tree."""
    tree.strip_tags([name.strip() for name in FURNITURE.split(",")])
    body = tree.body
    return len(" ".join(body.text(separator=" ").split())) if body is not None else 0

"""How people see articles, trails, traces and differences."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.commands import changes
from flows.crossposts.network import Hours, Network
from flows.output import cell, clean, console, table
from flows.tracing import KeptMedium, Step, Trace
from storage.findings import Copy, FirstPublished, Trail, TrailArticle
from storage.records import Article, Judgment

VERDICT_STYLE = {
    "confirmed": "green",
    "contradicted": "bold red",
    "unverifiable": "yellow",
    "unclaimed": "magenta",
}
JUDGED_STYLE = {"confirm": "green", "reject": "bold red", "unknown": "yellow"}
MEANING = {
    "confirmed": "the page credits its source, and the archived bytes of both sides bear it out",
    "contradicted": "the page says something about the source that the archived bytes deny",
    "unverifiable": "the credit cannot be checked: its source is not archived, or no date decides",
    "unclaimed": "the text was taken, and nothing on the page credits anybody",
}
TOLD = ("title", "authors", "published_at", "paragraphs")
"""Fields of which `trace` says where they were read; `--json` says it of all."""
SHOWN = 80
"""Characters of what a layer says; a headline has that many."""
WHAT = {
    "copy": "whole copy",
    "excerpt": "excerpt",
    "embedded": "whole text inside a longer one",
    "digest": "part of a digest",
    None: "not archived",
}


def articles(found: Iterable[Article], *, with_text: bool) -> int:
    """A table of articles, or one after the other with their texts; returns how many."""
    out = console()
    if with_text:
        return sum(_whole(out, article) for article in found)
    rows = table("published", "source", "title", "taken from", "url")
    for article in found:
        origin = article.republished_from
        rows.add_row(
            cell((article.published_at or "undated")[:16]),
            cell(article.source),
            cell(article.title, "bold"),
            cell((origin.name or origin.url) if origin else ""),
            cell(article.url, "dim"),
        )
    if rows.row_count:
        out.print(rows)
    return rows.row_count


def _whole(out: Console, article: Article) -> int:
    out.print(cell(article.title, "bold"), soft_wrap=True)
    byline = ", ".join(article.authors) or "no author"
    out.print(
        cell(f"{article.outlet} · {byline} · {article.published_at or 'undated'}"), soft_wrap=True
    )
    out.print(cell(article.url, "dim"), soft_wrap=True)
    for paragraph in article.paragraphs:
        out.print(Padding(Text(clean(paragraph)), (1, 0, 0, 2)))
    out.print()
    return 1


def trails(found: Sequence[Trail]) -> None:
    """One line for each copy, trail by trail: who took it from whom, and is that borne out?"""
    rows = table("copy", "took it from", "how much", "claim", "because")
    rows.padding = (0, 2, 1, 0)  # a copy takes several lines; an empty one parts it from the next
    for trail in sorted(found, key=lambda trail: trail.articles[0].published or ""):
        pages = {article.url: article for article in trail.articles}
        for copy in trail.copies:
            rows.add_row(
                _page(pages.get(copy.copy_url), copy.copy_url),
                _page(pages.get(copy.original_url or ""), copy.original_url),
                cell(_how_much(copy)),
                Text(copy.verdict, VERDICT_STYLE[copy.verdict]),
                cell(copy.reason + _judged(copy)),
            )
    console().print(rows)
    for verdict, meaning in MEANING.items():
        said = Text.assemble((verdict, VERDICT_STYLE[verdict]), (f": {meaning}", "dim"))
        console().print(said, soft_wrap=True)


def _judged(copy: Copy) -> str:
    if not copy.judgments:
        return ""
    newest = copy.judgments[0]
    said = {"confirm": "confirmed", "reject": "rejected", "unknown": "could not tell"}
    return f"\n{newest.name} {said[newest.verdict]}, {newest.at[:10]}: {newest.reason}"


def _page(article: TrailArticle | None, url: str | None) -> Text:
    """Outlet, title and day of a page; its state where it is not as it was."""
    if article is None:
        return cell(url or "not archived", "dim")
    about = [(article.published or "undated")[:10]]
    if article.state != "live":
        about.append(article.state)
    if article.incomplete:
        about.append("incomplete")
    return Text.assemble(
        (clean(article.outlet), "bold"), f"\n{clean(article.title)}\n", (" · ".join(about), "dim")
    )


def _how_much(copy: Copy) -> str:
    if copy.kind is None or copy.contained_in_original is None:
        return "unknown: nothing of it is archived"
    of_copy, of_original = copy.contained_in_original, copy.contains_of_original or 0.0
    return f"{WHAT[copy.kind]}: {of_copy:.0%} of the copy, {of_original:.0%} of the original"


def trail(found: Trail) -> None:
    """One trail in full: its pages by time, then each copy with its attribution."""
    out = console()
    pages = table("published", "first captured", "outlet", "state", "title", "page")
    for article in found.articles:
        pages.add_row(
            cell(article.published or "undated"),
            cell(article.captured[:16] + "Z"),
            cell(article.outlet, "bold"),
            cell(f"{article.state}, incomplete" if article.incomplete else article.state),
            cell(article.title),
            cell(article.url, "dim"),
        )
    out.print(pages)
    for article in found.articles:
        for text in article.first_published.contradictions if article.first_published else ():
            out.print(cell(f"  ! {article.outlet}: {text}", "yellow"), soft_wrap=True)
    out.print()
    trails([found])
    for copy in found.copies:
        _attribution(out, copy)


def _attribution(out: Console, copy: Copy) -> None:
    facts = copy.attribution
    rows = table("", "")
    rows.show_header = False
    rows.add_row("source named", "yes" if facts.source_named else "no")
    rows.add_row("copyright line", cell(facts.copyright_line or "none"))
    leads = f" (leads to {facts.hyperlink_leads_to})" if facts.hyperlink_leads_to else ""
    rows.add_row("hyperlink", cell((facts.hyperlink or "none") + leads))
    kept = {True: "yes", False: "no", None: "the original names none"}[facts.author_kept]
    rows.add_row("author kept", kept)
    for terms in facts.terms_of_copy:
        rows.add_row("the copy's page states", cell(terms))
    for terms in facts.terms_of_original:
        rows.add_row("the original's page states", cell(terms))
    for name, line in changes.since(copy):
        rows.add_row(name, cell(line))
    out.print(cell(f"\nAttribution on {copy.copy_url}", "bold"), soft_wrap=True)
    out.print(Padding(rows, (0, 0, 0, 2)))


def trace(found: Trace) -> None:
    """The chain on one screen."""
    out = console()
    for number, step in enumerate(found.steps):
        if step.copied_by:
            _arrow(out, step.copied_by)
        _step(out, step, "asked for" if number == 0 else "original")
    if found.open_end:
        _arrow(out, found.open_end)
        out.print(cell(f"  {found.open_end.original_url or 'an original'} — not archived"))
    if found.judgments:
        out.print()
        judgments(found.judgments)
    if found.others:
        out.print(cell(f"\n{len(found.others)} more copies in trail {(found.trail or '')[:8]}"))


def _arrow(out: Console, copy: Copy) -> None:
    line = Text("  ↓ took it from: ")
    line.append(copy.verdict, VERDICT_STYLE[copy.verdict])
    line.append(clean(f" — {copy.reason}"))
    out.print(line, soft_wrap=True)


def _step(out: Console, step: Step, role: str) -> None:
    article, warc = step.article, step.article.warc
    out.print(Text.assemble((clean(article.title), "bold"), f"  ({role})"), soft_wrap=True)
    rows = table("", "")
    rows.show_header = False
    rows.add_row("page", cell(article.url))
    rows.add_row("outlet", cell(article.outlet))
    rows.add_row("printed dates", cell("; ".join(_dates(article)) or "none"))
    for name, line in dated(step.first_published):
        rows.add_row(name, cell(line))
    for name, line in _provenance(article):
        rows.add_row(name, cell(line))
    for claim in article.claims:
        rows.add_row(f"claim: {claim.kind}", cell(claim.text[:200]))
    visits = ", ".join(
        f"{c.fetched_at[:19]}Z {c.status or c.error}" + (f" ({c.page_kind})" if c.page_kind else "")
        for c in step.captures
    )
    rows.add_row("captures", cell(visits))
    for name, line in changes.events(step.events):
        rows.add_row(name, cell(line))
    rows.add_row("bytes", cell(f"runs/{warc.run}/warc/{warc.file} at {warc.offset}+{warc.length}"))
    digest = next((c.payload_digest for c in step.captures if c.id == article.capture), None)
    rows.add_row("payload digest", cell(digest))
    for one in step.media:
        if one.capture or one.medium.kind != "image":
            rows.add_row(one.medium.kind, _medium(one))
    if kept := [one for one in step.requisites if one.status == 200]:
        size = sum(one.body_bytes for one in kept) / 1024
        rows.add_row("page files", cell(f"{len(kept)} (styles, pictures, fonts), {size:,.1f} KiB"))
    again = f", again in run {step.read_in}" if step.read_in else ""
    rows.add_row("read by", cell(f"{article.parser}, capture {article.capture}{again}"))
    sealed = (
        f"log/{step.log_entry:010}.json seals run {warc.run}" if step.log_entry else "not sealed"
    )
    rows.add_row("seal", cell(sealed))
    out.print(Padding(rows, (0, 0, 0, 2)))


def network(found: Network) -> None:
    """Who copies whom, then each outlet's shares."""
    names = {one.id: one.name for one in found.outlets}
    rows = table("copier", "took from", "copies", "credited", "verdicts", "hours after")
    for flow in sorted(found.flows, key=lambda one: (-one.copies, one.copier, one.original)):
        said = ", ".join(f"{count} {verdict}" for verdict, count in flow.verdicts.items())
        rows.add_row(
            cell(names[flow.copier], "bold"),
            cell(names[flow.original]),
            str(flow.copies),
            str(flow.credited),
            cell(said),
            cell(_hours(flow.hours)),
        )
    console().print(rows)
    console().print()
    shares = table("outlet", "pages", "original", "copied", "of these credited", "taken by others")
    for one in found.outlets:
        shares.add_row(
            cell(one.name, "bold"),
            str(one.pages),
            _share(one.share_original),
            _share(one.share_copied),
            _share(one.share_credited),
            str(one.taken),
        )
    console().print(shares)
    console().print(cell("original: as far as the archive tells", "dim"))


def _hours(found: Hours | None) -> str:
    """ "between 2 and 26", or one figure where both are the same when rounded."""
    if found is None:
        return "unknown"
    least, most = f"{found.least:.1f}", f"{found.most:.1f}"
    return least if least == most else f"between {least} and {most}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def judgments(found: Sequence[Judgment]) -> None:
    """What people said of matches, the newest first."""
    rows = table("when", "who", "judged", "copy", "original", "because")
    for one in found:
        rows.add_row(
            cell(one.at[:16] + "Z"),
            cell(one.name, "bold"),
            Text(one.verdict, JUDGED_STYLE[one.verdict]),
            cell(one.copy_url),
            cell(one.original_url),
            cell(one.reason),
        )
    console().print(rows)


def dated(found: FirstPublished | None) -> list[tuple[str, str]]:
    """When a page was first published, why, and what contradicts it, a line each."""
    if found is None:
        return []
    latest = found.latest[:16].replace("T", " ")
    if found.earliest is None:
        when = f"undecided: by {latest} UTC"
    else:
        when = f"between {found.earliest[:16].replace('T', ' ')} and {latest} UTC"
        when = when if found.decided else f"undecided: {when}"
    lines = [("first published", when), ("  because of", found.basis)]
    return lines + [("  contradiction", text) for text in found.contradictions]


def _medium(one: KeptMedium) -> Text:
    capture = one.capture
    lines = [one.medium.url]
    if capture is None:
        player = one.medium.kind == "embed"
        lines.append("a player of another site, not archived" if player else "not archived")
    elif capture.status is None:
        lines.append(f"not archived: {capture.error}")
    else:
        place = capture.warc
        cut = f", cut ({capture.truncated})" if capture.truncated else ""
        lines.append(f"{capture.status}, {capture.body_bytes:,} bytes{cut}")
        lines.append(f"{capture.payload_digest}")
        lines.append(f"runs/{place.run}/warc/{place.file} at {place.offset}+{place.length}")
    return cell("\n".join(lines))


def _provenance(article: Article) -> list[tuple[str, str]]:
    """Where the fields came from, in one line; then each field on which layers disagree."""
    places = [f"{one.field} {one.place}" for one in article.provenance if one.field in TOLD]
    lines = [("read from", " · ".join(places))] if places else []
    for one in article.provenance:
        if one.others and one.field in TOLD:
            says = "; ".join(f"{other.place} says “{_cut(other.value)}”" for other in one.others)
            lines.append((f"  {one.field}", says))
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _dates(article: Article) -> list[str]:
    return [
        f"{date.raw} ({date.says}{', ' + date.by if date.by else ''})" for date in article.published
    ]

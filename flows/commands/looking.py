"""Commands that look: articles, trails, trace, show-diff. They read the catalog alone."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import msgspec
import typer

from flows.context import Context, open_context
from flows.output import complain, messages, write_json
from storage.identity import canonical_url
from storage.records import Article

if TYPE_CHECKING:  # heavy: SQLAlchemy
    from storage.lookup import Earlier

Json = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
EPILOG = "Exit status: 0 found; 1 nothing found; 2 could not look."
LISTED = "Exit status: 0 listed, also where there is nothing; 2 could not look."


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("articles", epilog=LISTED)(articles)
    app.command("trails", epilog=LISTED)(show_trails)
    app.command("trace", epilog=EPILOG)(trace)
    app.command("show-diff", epilog=EPILOG)(show_diff)
    app.command("versions", epilog=EPILOG)(versions)


def articles(
    source: Annotated[str | None, typer.Option(help="Only of this source.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Captured since this UTC date or time, 2020-07-19.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Only this page, all its versions.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Print the texts, too.")] = False,
    earlier: Annotated[
        bool, typer.Option("--earlier", help="With --url: also what it was read as before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the archived articles, every version of each."""
    if earlier and not url:
        complain("--earlier needs --url: it shows the earlier readings of one page.")
        raise typer.Exit(2)
    context = open_context()
    page = canonical_url(url) if url else None
    found = context.catalog.articles(source=source, since=since, page=page)
    before = list(context.catalog.earlier(page=page)) if page and earlier else []
    if as_json:
        write_json([*_rows(context, list(found)), *map(_earlier, before)])
        return
    from flows.commands import views

    shown = views.articles([*found, *(one.article for one in before)], with_text=text)
    if not shown:
        messages().print("No articles yet. `copytrail run` archives some.", soft_wrap=True)


def _earlier(one: "Earlier") -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(one.article)
    return row | {"text": one.article.text, "replaced_by": one.replaced_by}


def _rows(context: Context, found: Sequence[Article]) -> Iterator[dict[str, Any]]:
    """Articles as JSON has them: the record, its text in one piece, what became of its page."""
    from flows.gathering import state

    histories = context.catalog.histories({article.canonical_url for article in found})
    for article in found:
        history = histories[article.canonical_url]
        row: dict[str, Any] = msgspec.to_builtins(article)
        yield row | {
            "text": article.text,
            "version": history.number(article.id),
            "versions": len(history.versions),
            "state": state(history),
            "gone_at": history.gone_at,
        }


def show_trails(
    url: Annotated[str | None, typer.Option(help="Only the trail that this page is in.")] = None,
    as_json: Json = False,
) -> None:
    """Show who took which article from whom, and what the claims about it are worth."""
    from flows.gathering import trail_of, trails

    context = open_context()
    sources = list(context.registry.sources.values())
    if url:
        one = trail_of(context.catalog, sources, canonical_url(url))
        found = [one] if one else []
    else:
        found = trails(context.catalog, sources)
    if as_json:
        write_json(found)
        return
    from flows.commands import views

    if not found:
        messages().print("No trails: no article shares its text with another one.", soft_wrap=True)
    elif url:
        for trail in found:
            views.trail(trail)
    else:
        views.trails(found)


def trace(url: str, as_json: Json = False) -> None:
    """Show the chain from this article to its original, and to the bytes on the wire."""
    from flows import tracing

    context = open_context()
    found = tracing.trace(context, url) or _not_archived(url)
    if as_json:
        write_json([found])
    else:
        from flows.commands import views

        views.trace(found)


def _not_archived(url: str) -> NoReturn:
    complain(f"{url}: not in the catalog. `copytrail follow {url}` archives it.")
    raise typer.Exit(1)


def show_diff(
    copy_url: Annotated[str, typer.Argument(metavar="COPY")],
    original_url: Annotated[
        str | None, typer.Argument(metavar="[ORIGINAL]", help="Default: the original in its trail.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what differs between a copy and its original, word by word."""
    from flows import tracing

    context = open_context()
    pair = tracing.pair(context, copy_url, original_url)
    if pair is None:
        complain(
            f"{copy_url}: no copy of an archived original. "
            "Name the other page: `copytrail show-diff COPY ORIGINAL`."
        )
        raise typer.Exit(1)
    from flows.crossposts.differences import diff
    from flows.crossposts.edits import classify

    found = diff(*pair)
    edits = classify(found, pair[0].language)
    for article in pair:
        if article.broke_off:
            complain(
                f"{article.url}: only a part is archived. What lacks at its end, nobody removed."
            )
    if as_json:
        rows = zip(found, edits, strict=True)
        write_json(msgspec.to_builtins(change) | {"edits": some} for change, some in rows)
    else:
        from flows.commands import changes

        changes.differences(*pair, found, edits)


def versions(url: str, as_json: Json = False) -> None:
    """Show what became of a page: its versions, and edits, changed dates, removal and return."""
    from flows import tracing

    found = tracing.line_of(open_context(), url) or _not_archived(url)
    if as_json:
        write_json([found])
    else:
        from flows.commands import changes

        changes.versions(found)

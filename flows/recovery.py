"""What crashed or stopped runs left in their work folders, sealed after all."""

from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct

from flows import workplace
from flows.context import Context
from flows.finishing import QUIET, Asked, Done, NotSealed, Outcome, Watch, finish, kept, seal
from flows.workplace import Workplace
from storage import layout, warc
from storage.records import Problem


class Leftover(Struct, frozen=True, kw_only=True):
    """What became of a run that ended before it was sealed."""

    run: str
    done: Done | None = None
    """Set where it is sealed now."""
    note: str = ""
    """Else what became of it, for people."""
    lost: bool = False
    """Whether something that was captured or asked for is not in the archive."""


def recover(
    context: Context, *, watch: Watch = QUIET, skip: Collection[str] = ()
) -> Iterator[Leftover]:
    """Seal what earlier runs left when they were killed or could not seal; not those in `skip`.

    What keeps one of them from being sealed is told, and the others go on. Raises CatalogError.
    """
    for place in workplace.leftovers(context.settings.home):
        if place.run not in skip:
            yield _recovered(context, place, watch)


def _recovered(context: Context, place: Workplace, watch: Watch) -> Leftover:
    run = place.run
    try:
        with kept(place):
            # Without sums nothing of it is in the store: what was captured can be compared anew
            # with what came since; a judgment captured nothing.
            captured = any(place.warcs.glob("*"))
            if place.is_ready and ((place.sealing / layout.SUMS).exists() or not captured):
                return Leftover(run=run, done=seal(context, place, watch))
            asked = _asked(place)
            if asked is not None and asked.kind == "reading":
                place.remove()
                again = "`copytrail read --again` does it anew"
                return Leftover(run=run, note=f"a reading was broken off before its end; {again}")
            warc.recover(place.warcs)
            if asked is None or not any(place.warcs.glob("*")):
                place.remove()
                return Leftover(
                    run=run, note=f"run {run} was broken off before anything was captured"
                )
            if asked.kind == "import" and not place.outcome.exists():
                place.remove()  # half a copy; the file itself is where it was
                return Leftover(
                    run=run, note=f"{asked.asked['file']} was copied in part: import it again"
                )
            return Leftover(run=run, done=finish(context, place, asked, _outcome(place), watch))
    except NotSealed as error:
        return Leftover(run=run, lost=True, note=str(error))
    except (ValueError, msgspec.MsgspecError) as error:
        note = f"run {run} cannot be read back: {error}. It stays in {place.folder}; its `run/warc`"
        return Leftover(run=run, lost=True, note=f"{note} can be taken in by `copytrail import`.")


def _asked(place: Workplace) -> Asked | None:
    """What an earlier run was asked for; None where it did not get as far as noting that."""
    if not place.job.exists():
        return None
    return msgspec.json.decode(place.job.read_bytes(), type=Asked)


def _outcome(place: Workplace) -> Outcome:
    """How the capturing of an earlier run ended."""
    if place.outcome.exists():
        return msgspec.json.decode(place.outcome.read_bytes(), type=Outcome)
    broken = Problem(what="the run was broken off; what was captured until then is here")
    return Outcome(problems=(broken,), finished=False)

"""When something is due: the cron of a source, and how long after its first sight a page is looked
at again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

NEVER = "never"
SPAN = re.compile(r"(\d{1,6})([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MINUTES = range(60)


def check_cron(text: str) -> None:
    """Raises ValueError for what is no cron of five fields, or one that never comes."""
    from cronsim import CronSim, CronSimError  # 0.02 s; most commands need no cron

    if len(text.split()) != 5:
        raise ValueError(f"`{text}` is not cron: five fields, such as `17 */6 * * *`")
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        why = str(error) or "no day fits"
        raise ValueError(f"`{text}` is not cron: {why}; write such as `17 */6 * * *`") from error


def fires(cron: str, after: datetime) -> Iterator[datetime]:
    """When the cron comes after a moment, in order, without end. Times are UTC."""
    from cronsim import CronSim

    yield from CronSim(cron, after)


def spread(cron: str, name: str, minutes: int) -> str:
    """The cron, moved by up to `minutes` within its hour: always the same for the same name.

    So outlets whose files say the same minute are not all visited in that minute, and who looks
    sees when. Of a cron that comes several times an hour, the order stays.
    """
    field, _, rest = cron.strip().partition(" ")
    times = sorted(_minutes(field))
    gaps = [
        after - before for before, after in zip(times, [*times[1:], times[0] + 60], strict=True)
    ]
    room = min(minutes, min(gaps) - 1, MINUTES[-1] - times[-1])
    if room <= 0:
        return cron
    by = int.from_bytes(sha256(name.encode()).digest()[:4]) % (room + 1)
    return ",".join(str(one + by) for one in times) + " " + rest.strip()


def _minutes(field: str) -> set[int]:
    """The minutes that a cron's first field names."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("0-59" if span == "*" else span).partition("-")
        end = int(last) if last else (59 if step else int(first))
        found |= set(range(int(first), end + 1, int(step or 1)))
    return found & set(MINUTES)


def spans(text: str) -> tuple[timedelta, ...]:
    """`1h 24h 7d 30d` as lengths of time, in rising order; none of `never`. Raises ValueError."""
    if text.strip() == NEVER:
        return ()
    found = []
    for word in text.split():
        form = SPAN.fullmatch(word)
        if form is None or not int(form[1]):
            raise ValueError(
                f"`{word}` is no length of time: write such as `1h 24h 7d`, or `never`"
            )
        found.append(timedelta(seconds=int(form[1]) * SECONDS[form[2]]))
    if not found:
        raise ValueError("is empty: write such as `1h 24h 7d 30d`, or `never`")
    return tuple(sorted(set(found)))


def last_due(first_seen: datetime, now: datetime, after: tuple[timedelta, ...]) -> datetime | None:
    """The latest of the moments at which a page is due for another look that has come by now."""
    past = [first_seen + span for span in after if first_seen + span <= now]
    return past[-1] if past else None

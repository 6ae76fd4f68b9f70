"""What an auditor knows from elsewhere than the archive: keys, authorities, heads."""

from collections.abc import Sequence
from pathlib import Path

from config.settings import Settings, SettingsError
from flows.checks import Trust
from flows.publication import NoHeads, noted, parse_head, read_heads
from storage.log import Head
from storage.signing import SigningError, load_public, trusted


def trust(settings: Settings, keys: Sequence[Path], heads: Sequence[str]) -> Trust:
    """The public keys and heads in the home folder, and those that are named.

    Raises SettingsError that names what cannot be used.
    """
    try:
        known = [*trusted(settings.key_file.parent), *map(load_public, keys)]
        told = [head for one in heads for head in _heads(one)]
        if (own := noted(settings)).exists():
            told += read_heads(own)
    except (SigningError, NoHeads, ValueError) as error:
        raise SettingsError(str(error)) from error
    roots = Path(settings.timestamp_roots).expanduser() if settings.timestamp_roots else None
    return Trust(keys=tuple(known), roots=roots, heads=tuple(told))


def _heads(named: str) -> list[Head]:
    path = Path(named)
    return list(read_heads(path)) if path.is_file() else [parse_head(named)]

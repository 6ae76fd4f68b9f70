"""A store in a folder.

An object is written to `.tmp/`, made durable, checked, and only then linked to its name: `link`
fails where the name is taken, so creation is atomic and nobody ever sees half an object. Objects
are read-only. Symbolic links are never followed: an object that is one is refused.
"""

import errno
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, NoReturn

from storage import layout
from storage.objects import (
    CHUNK,
    AlreadyThere,
    Full,
    Listed,
    NotAnObject,
    NotThere,
    Refused,
    Stored,
    StoreError,
    describe,
)

TMP = ".tmp"
STALE_SECONDS = 86_400  # a temporary file this old was left by a crash: no upload takes a day

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS}


class LocalStore:
    """The port `objects.Store` over a folder, which the first `put_if_absent` makes."""

    def __init__(self, root: Path) -> None:
        # Links on the way to the folder are the user's own; those inside it are not followed.
        self._root = Path(os.path.realpath(root))
        self._swept = False

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        """See `objects.Store`."""
        path = self._path(key)
        with self._telling(key, reading=False):
            if os.path.lexists(path):
                return self._compare(describe(key, content))
            temporary, wanted = self._write(key, content)
            try:
                self._not_a_link(path.parent)
                path.parent.mkdir(parents=True, exist_ok=True)
                try:
                    self._link(temporary, path)
                except FileExistsError:
                    return self._compare(wanted)
                self._sync_folders(path.parent)
            finally:
                temporary.unlink()
        return wanted

    def get(self, key: str, limit: int = 64 * CHUNK) -> bytes:
        """See `objects.Store`."""
        with self._open(key) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise NotAnObject(f"{self._place(key)}: longer than the {limit} bytes expected of it")
        return data

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `objects.Store`."""
        with self._open(key) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `objects.Store`."""
        with self._open(key) as file:
            file.seek(offset)
            data = file.read(length)
        if len(data) < length:
            raise StoreError(
                f"{self._place(key)}: ends before byte {offset + length}. "
                "`copytrail audit` says whether it was cut."
            )
        return data

    def head(self, key: str) -> Stored:
        """See `objects.Store`. Reads the file: its bytes are the only truth about it."""
        with self._open(key) as file:
            return Stored(
                key,
                os.fstat(file.fileno()).st_size,
                hashlib.file_digest(file, "sha256").hexdigest(),
            )

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `objects.Store`. Also lists what is no object of ours, so that an audit sees it."""
        folder, _, start = prefix.rpartition("/")
        if folder and not layout.is_key(folder):
            raise StoreError(f"{prefix!r} is not the beginning of a key")
        with self._telling(prefix):
            where = self._root / folder if folder else self._root
            if where == self._root and not os.path.lexists(where):
                return
            if where == self._root or (where.is_dir() and os.path.realpath(where) == str(where)):
                yield from self._walk(where, f"{folder}/" if folder else "", start)

    def _walk(self, folder: Path, above: str, start: str) -> Iterator[Listed]:
        found: list[tuple[bytes, os.DirEntry[str], bool]] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if entry.name.startswith(start) and (above, entry.name) != ("", TMP):
                    # With its `/`, a folder sorts where the keys in it do (as in git's trees).
                    found.append((os.fsencode(entry.name) + b"/" * is_folder, entry, is_folder))
        for name, entry, is_folder in sorted(found, key=lambda one: one[0]):
            # A name that is no UTF-8 is shown with its bytes escaped; no key of ours has a `\`.
            key = above + name.decode("utf-8", "backslashreplace")
            if is_folder:
                yield from self._walk(Path(entry.path), key, "")
            else:
                yield Listed(key, entry.stat(follow_symlinks=False).st_size)

    def _path(self, key: str) -> Path:
        if not layout.is_key(key) or key.split("/")[0] == TMP:
            raise StoreError(f"{key!r} is not a key (names of A-Z a-z 0-9 . _ - with `/` between)")
        return self._root / key

    @contextmanager
    def _open(self, key: str) -> Iterator[BufferedReader]:
        path = self._path(key)
        with self._telling(key):
            real = os.path.realpath(path, strict=True)
            # A link leads out of what we keep; opening a pipe would wait for ever.
            if real != str(path) or not stat.S_ISREG(path.lstat().st_mode):
                raise NotAnObject(f"{self._place(key)}: a link or a special file, not an object")
            with path.open("rb") as file:
                yield file

    def _write(self, key: str, content: Path | bytes) -> tuple[Path, Stored]:
        """The content, durable and read-only, under a temporary name; and what it is."""
        folder = self._root / TMP
        self._not_a_link(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep(folder)
        handle, name = tempfile.mkstemp(dir=folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                written = _copy(content, out)
                out.flush()
                os.fchmod(out.fileno(), 0o444)
                os.fsync(out.fileno())
            read_back = describe(key, temporary)
            if read_back.sha256 != written:
                raise StoreError(f"{self._place(key)}: the disk gives back other bytes. Check it.")
        except BaseException:
            temporary.unlink()
            raise
        return temporary, read_back

    def _link(self, temporary: Path, path: Path) -> None:
        try:
            path.hardlink_to(temporary)
        except OSError as error:
            if error.errno in _NO_LINKS:
                raise Refused(
                    f"{self._root}: this file system makes no hard links, which the archive needs "
                    "to create an object in one step. Set COPYTRAIL_STORE to a folder on another."
                ) from error
            raise

    def _not_a_link(self, folder: Path) -> None:
        if os.path.realpath(folder) != str(folder):
            raise Refused(f"{folder}: a symbolic link inside the archive. Remove it.")

    def _compare(self, wanted: Stored) -> Stored:
        there = self.head(wanted.key)
        if there != wanted:
            raise AlreadyThere(f"{self._place(wanted.key)}: exists with other content. It is kept.")
        return there

    def _sweep(self, folder: Path) -> None:
        """Once per store object: remove what crashes left behind."""
        if self._swept:
            return
        self._swept = True
        for path in folder.iterdir():
            with suppress(FileNotFoundError):  # another writer's, linked and gone meanwhile
                about = path.lstat()
                if stat.S_ISREG(about.st_mode) and about.st_mtime < time.time() - STALE_SECONDS:
                    path.unlink()

    def _sync_folders(self, folder: Path) -> None:
        """Make the new name, and the folders made for it, durable up to the store's own folder."""
        for one in [folder, *folder.parents]:
            handle = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            if one == self._root:
                return

    def _place(self, key: str) -> str:
        return f"{self._root}/{key}"

    @contextmanager
    def _telling(self, key: str, reading: bool = True) -> Iterator[None]:
        """Turn the system's errors into the port's."""
        try:
            yield
        except OSError as error:
            self._tell(key, error, reading)

    def _tell(self, key: str, error: OSError, reading: bool) -> NoReturn:
        place = error.filename or self._place(key)
        if reading and error.errno in (errno.ENOENT, errno.ENOTDIR) and self._is_sane():
            raise NotThere(f"{self._place(key)}: not there") from error
        if error.errno in _NO_ROOM:
            raise Full(
                f"{self._root}: no room left ({error.strerror}). Make room, then run again; "
                "what was captured is kept."
            ) from error
        if error.errno in _NO_RIGHT:
            raise Refused(
                f"{place}: {error.strerror}. Give yourself the right to write there, or set "
                "COPYTRAIL_STORE to another folder."
            ) from error
        if error.errno in (errno.ENOTDIR, errno.EEXIST):
            raise Refused(
                f"{place}: a file stands where the archive needs a folder. Remove it, or set "
                "COPYTRAIL_STORE to another folder."
            ) from error
        raise StoreError(f"{place}: {error.strerror or error}. Check the disk.") from error

    def _is_sane(self) -> bool:
        # In this order: another process may make the folder at any moment.
        return not os.path.lexists(self._root) or self._root.is_dir()


def _copy(content: Path | bytes, out: BinaryIO) -> str:
    """Write `content` in pieces; its SHA-256."""
    digest = hashlib.sha256()
    if isinstance(content, bytes):
        out.write(content)
        digest.update(content)
        return digest.hexdigest()
    with content.open("rb") as source:
        while chunk := source.read(CHUNK):
            out.write(chunk)
            digest.update(chunk)
    return digest.hexdigest()

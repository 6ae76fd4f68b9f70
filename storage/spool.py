"""Records on the disk while a run is at work: a list that takes no memory for what it holds."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Generic, Self, TypeVar, overload

import msgspec
from msgspec import Struct

Record = TypeVar("Record", bound=Struct)


class Spool(Sequence[Record], Generic[Record]):
    """Records of one kind in the order in which they were appended, in a file without a name.

    It lies in `folder`, for the system's folder for such files is often in memory. A context
    manager: at its end the file is given up. Raises OSError.
    """

    def __init__(self, folder: Path, kind: type[Record]) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - as long as the spool
        self._ends = [0]
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, record: Record) -> None:
        """Put one more at the end."""
        data = self._encoder.encode(record)
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        start, end = self._ends[range(len(self))[place]], self._ends[range(1, len(self) + 1)[place]]
        self._file.flush()
        return self._decoder.decode(os.pread(self._file.fileno(), end - start, start))

    def __iter__(self) -> Iterator[Record]:
        for place in range(len(self)):
            yield self[place]

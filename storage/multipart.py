"""Large objects on their way to S3: sent while they are read, and seen by nobody until completed.

Each part is hashed from the bytes that are sent, and so is the whole: what the store holds in the
end is what was hashed, whatever becomes of the file meanwhile.
"""

import base64
import hashlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from botocore import exceptions as aws

from storage.parts import checksum, composite, pieces

LANES = 4
"""Parts and objects that go up at once. Five parts in memory are 40 MiB."""

Part = dict[str, int | str]
"""What the store is told of a part when all are there."""
TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
GONE = frozenset({"NoSuchUpload"})  # also what a retried Complete finds: the first one did succeed
Telling = Callable[[frozenset[str]], AbstractContextManager[None]]
"""Turns boto3's errors into the port's, but for those of the codes that it gets."""
P = ParamSpec("P")
T = TypeVar("T")


class Lanes:
    """Calls that are made beside each other."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(LANES, "lanes")
        self._under_way: deque[Future[Any]] = deque()

    def start(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Make a call when a lane is free. Raises what an earlier one ended with."""
        if len(self._under_way) == LANES:
            self._under_way.popleft().result()
        begun = self._pool.submit(act, *args, **kwargs)
        self._under_way.append(begun)
        return begun

    def end(self) -> None:
        """Begin no more, and wait for those that are under way."""
        self._pool.shutdown(cancel_futures=True)


class Upload:
    """A large object that goes up in parts, or that is compared by its parts with one there.

    Raises what `telling` makes of boto3's errors.
    """

    def __init__(self, s3: Any, at: dict[str, str], telling: Telling) -> None:
        self._s3, self._at, self._telling = s3, at, telling
        self._id: str | None = None
        self._parts: list[Future[Part]] = []

    def begin(self, more: dict[str, Any]) -> None:
        """From now on parts are sent, and not only hashed."""
        with self._telling(frozenset()):
            made = self._s3.create_multipart_upload(**self._at, ChecksumAlgorithm="SHA256", **more)
        self._id = made["UploadId"]

    def read(self, content: Path | bytes, lanes: Lanes) -> tuple[int, str]:
        """Read content to its end, and have its parts sent: size in bytes, and SHA-256 in hex."""
        whole, size = hashlib.sha256(), 0
        for number, data in enumerate(pieces(content), start=1):
            known = None
            if number == 1:  # the whole so far: hashed once
                whole.update(data)
                known = base64.b64encode(whole.digest()).decode()
            self._parts.append(lanes.start(self._put, number, data, known))
            if number > 1:  # a lane hashes the part meanwhile: that leaves Python's lock free
                whole.update(data)
            size += len(data)
        return size, whole.hexdigest()

    def checksum(self) -> str:
        """What the store must say of the object. Waits until all parts are there."""
        return composite([str(one.result()["ChecksumSHA256"]) for one in self._parts])

    def complete(self) -> bool:
        """Make it an object. False: there is one, or there was, or nothing was begun."""
        if not self._id:
            return False
        parts = {"Parts": [one.result() for one in self._parts]}
        try:
            with self._telling(TAKEN | GONE):
                self._s3.complete_multipart_upload(
                    **self._at, UploadId=self._id, MultipartUpload=parts, IfNoneMatch="*"
                )
        except aws.ClientError:
            return False
        return True

    def abort(self) -> None:
        """Parts that nobody completes are paid for. Another error was first, and is told."""
        if self._id:
            with suppress(aws.ClientError, aws.BotoCoreError):
                self._s3.abort_multipart_upload(**self._at, UploadId=self._id)

    def _put(self, number: int, data: bytes, known: str | None) -> Part:
        sha256 = known or checksum(data)
        part: Part = {"PartNumber": number, "ChecksumSHA256": sha256}
        if self._id:
            with self._telling(frozenset()):
                answer = self._s3.upload_part(
                    **self._at, UploadId=self._id, PartNumber=number, Body=data,
                    ChecksumSHA256=sha256,
                )  # fmt: skip
            part["ETag"] = answer["ETag"]
        return part

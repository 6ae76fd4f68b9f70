"""A store in an S3 bucket. The only importer of boto3; `multipart` has how large objects go up.

Creation is atomic by `If-None-Match: *`, on PutObject and on CompleteMultipartUpload (AWS since
2024; measured on SeaweedFS 4.48: both are honoured, eight at once leave one winner). Every upload
carries its SHA-256, which the store checks (SeaweedFS: 400 BadDigest, and nothing is kept) and
gives back on HEAD. For a multipart upload that is a digest of the parts' digests: parts are sent
while the whole is still being hashed.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import boto3
from botocore import exceptions as aws
from botocore.config import Config

from storage import layout, parts
from storage.multipart import GONE, TAKEN, Lanes, Upload
from storage.objects import (
    CHUNK,
    AlreadyThere,
    Full,
    Known,
    Listed,
    NotAnObject,
    NotThere,
    Protection,
    Refused,
    Stored,
    StoreError,
    Unavailable,
    describe,
)
from storage.parts import size_of

CONNECT_SECONDS = 5  # any endpoint that answers at all does so within one
READ_SECONDS = 60  # for one read from the socket: a rotten object hung SeaweedFS's GET for ever
ATTEMPTS = 3  # with botocore's pauses (at most 1 s, then 2 s) a refused connection takes 3 s
CONFLICTS = 3  # puts tried while others create and fail to create the same object

_NO_KEY = {"NoSuchKey", "404", "NotFound"}
_BUSY = {"SlowDown", "RequestTimeout", "Throttling", "TooManyRequests"}
_ALTERED = {"BadDigest", "XAmzContentChecksumMismatch"}
_NOT_CONFIGURED = {"ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed"}
_DENIED = "we may not ask"
_NO_ROOM = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}
_CREDENTIALS = (aws.NoCredentialsError, aws.PartialCredentialsError, aws.CredentialRetrievalError)
_NO_ANSWER = (aws.ConnectionError, aws.HTTPClientError, aws.IncompleteReadError)


class S3Store:
    """The port `objects.Store` over `s3://bucket/prefix`.

    Endpoint, region and credentials come from the usual AWS variables and files. Raises Refused
    for a URL without a bucket, and for settings that boto3 cannot use.
    """

    def __init__(self, url: str, lock_days: int = 0) -> None:
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if not url.startswith("s3://") or not bucket:
            raise Refused(f"{url}: not an S3 store. Write s3://bucket or s3://bucket/prefix.")
        self._bucket = bucket
        self._lock_days = lock_days
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        try:
            self._s3 = _client()
        except (aws.BotoCoreError, ValueError) as error:
            raise Refused(f"{self.name}: {error}. Mend the AWS settings.") from error

    @property
    def name(self) -> str:
        """The `s3://` URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def put_if_absent(self, key: str, content: Path | bytes) -> Stored:
        """See `objects.Store`."""
        with self._telling(key):
            if size_of(content) <= parts.MULTIPART:
                return self._put_small(content, describe(key, content))
        return self._put_each({key: content}, lambda _: None)[0]

    def put_each(self, files: Mapping[str, Path], known: Known) -> list[Stored]:
        """See `objects.Several`."""
        return self._put_each(files, known)

    def _put_each(self, files: Mapping[str, Path | bytes], known: Known) -> list[Stored]:
        lanes = Lanes()
        uploads = {key: self._upload(key) for key in files if self._is_large(key, files[key])}
        found: dict[str, Stored] = {}
        try:
            for key, upload in uploads.items():
                if not self._is_there(key):  # before a GiB goes up for nothing
                    upload.begin(self._retention())
                with self._telling(key):
                    found[key] = Stored(key, *upload.read(files[key], lanes))
            small = [key for key in files if key not in uploads]
            for key in small:
                with self._telling(key):
                    found[key] = describe(key, files[key])
            known(found)
            put = [lanes.start(self._put_small, files[key], found[key]) for key in small]
            for key, upload in uploads.items():
                self._complete(upload, found[key])
            for one in put:
                one.result()
        except BaseException:
            lanes.end()  # so that no part comes after the abort
            for upload in uploads.values():
                upload.abort()
            raise
        lanes.end()
        return [found[key] for key in files]

    def _is_large(self, key: str, content: Path | bytes) -> bool:
        with self._telling(key):
            return size_of(content) > parts.MULTIPART

    def _upload(self, key: str) -> Upload:
        return Upload(self._s3, self._at(key), lambda codes: self._telling(key, codes))

    def _complete(self, upload: Upload, wanted: Stored) -> None:
        """Make it an object, or hold the one that is there to it: by the store's checksum of the
        parts where they are cut as ours are, else by what `head` says."""
        key, checksum = wanted.key, upload.checksum()
        if upload.complete():
            self._read_back(key, self._at(key), wanted, checksum)
            return
        upload.abort()
        try:
            with self._telling(key):
                about = self._s3.head_object(**self._at(key), ChecksumMode="ENABLED")
        except NotThere as error:
            raise Unavailable(
                f"{self._place(key)}: others keep writing it. Try again later."
            ) from error
        if (about["ContentLength"], about.get("ChecksumSHA256")) != (wanted.size, checksum):
            self._compare(self.head(key), wanted)

    def _put_small(self, content: Path | bytes, wanted: Stored) -> Stored:
        """`put_if_absent` of what was described: the store holds it to that."""
        key = wanted.key
        at = self._at(key)
        for _ in range(CONFLICTS):
            checksum = self._put(at, content, wanted)
            if checksum is not None:
                self._read_back(key, at, wanted, checksum)
                return wanted
            if there := self._head_or_none(key):
                return self._compare(there, wanted)
        raise Unavailable(f"{self._place(key)}: others keep writing it. Try again later.")

    def get(self, key: str, limit: int = 64 * CHUNK) -> bytes:
        """See `objects.Store`."""
        with self._telling(key):
            data = _read(self._s3.get_object(**self._at(key))["Body"], limit + 1)
        if len(data) > limit:
            raise NotAnObject(f"{self._place(key)}: longer than the {limit} bytes expected of it")
        return data

    def chunks(self, key: str) -> Iterator[bytes]:
        """See `objects.Store`."""
        with self._telling(key):
            body = self._s3.get_object(**self._at(key))["Body"]
            with body:
                while chunk := body.read(CHUNK):
                    yield chunk

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """See `objects.Store`."""
        data = b""
        with self._telling(key):
            if length == 0:  # HTTP cannot ask for nothing
                self._s3.head_object(**self._at(key))
                return data
            span = f"bytes={offset}-{offset + length - 1}"
            try:
                answer = self._s3.get_object(**self._at(key), Range=span)
                if "ContentRange" not in answer:
                    raise StoreError(f"{self._door()} does not understand ranges. Use another.")
                data = _read(answer["Body"], length + 1)
            except aws.ClientError as error:
                if _code(error) not in ("InvalidRange", "416"):
                    raise
        if len(data) < length:
            raise StoreError(
                f"{self._place(key)}: ends before byte {offset + length}. "
                "`copytrail audit` says whether it was cut."
            )
        return data

    def head(self, key: str) -> Stored:
        """See `objects.Store`. What the store says: only reading tells what the bytes are now."""
        with self._telling(key):
            about = self._s3.head_object(**self._at(key), ChecksumMode="ENABLED")
        size = int(about["ContentLength"])
        checksum = about.get("ChecksumSHA256", "")
        if checksum and about.get("ChecksumType") != "COMPOSITE" and "-" not in checksum:
            return Stored(key, size, base64.b64decode(checksum).hex())
        # In parts, not put by us, or kept by a store without checksums. Older objects have the sum
        # in their metadata; but that is what their writer said, whoever that was.
        return self._read(key)

    def list(self, prefix: str) -> Iterator[Listed]:
        """See `objects.Store`.

        Sorted here: SeaweedFS 4.48 lists `a/b` before `a-b` (folder by folder, measured). About
        200 bytes of memory for each object.
        """
        found: list[Listed] = []
        with self._telling(prefix):
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for one in page.get("Contents", []):
                    key = one["Key"].removeprefix(self._prefix)
                    if not key.endswith("/"):  # what consoles put where they show a folder
                        found.append(Listed(key, int(one["Size"])))
        yield from sorted(found, key=lambda one: one.key.encode())

    def protection(self) -> Protection:
        """See `objects.Protecting`."""
        with self._telling(""):
            kept = self._ask(self._s3.get_bucket_versioning)
            lock = self._ask(self._s3.get_object_lock_configuration)
        about = lock.get("ObjectLockConfiguration", {})
        rule = about.get("Rule", {}).get("DefaultRetention", {})
        days = rule.get("Days") or 365 * rule.get("Years", 0)
        return Protection(
            None if _DENIED in kept else kept.get("Status") == "Enabled",
            None if _DENIED in lock else about.get("ObjectLockEnabled") == "Enabled",
            days or None,
            rule.get("Mode"),
        )

    def _ask(self, question: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """What the bucket says of itself: nothing where it does not know the question."""
        try:
            return question(Bucket=self._bucket)
        except aws.ClientError as error:
            if _code(error) in _NOT_CONFIGURED:
                return {}
            if error.response["ResponseMetadata"].get("HTTPStatusCode") == 403:
                return {_DENIED: True}
            raise

    def _retention(self) -> dict[str, Any]:
        if not self._lock_days:
            return {}
        until = datetime.now(UTC) + timedelta(days=self._lock_days)
        return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}

    def _at(self, key: str) -> dict[str, str]:
        if not layout.is_key(key):
            raise StoreError(f"{key!r} is not a key (names of A-Z a-z 0-9 . _ - with `/` between)")
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _put(self, at: dict[str, str], content: Path | bytes, wanted: Stored) -> str | None:
        """Upload; the checksum that the store must give back. None: the key is taken."""
        checksum = base64.b64encode(bytes.fromhex(wanted.sha256)).decode()
        more = {"IfNoneMatch": "*", "ChecksumSHA256": checksum, **self._retention()}
        try:
            with self._telling(wanted.key, TAKEN):
                # As bytes: for a file botocore asks first whether it may send it (`Expect`).
                body = content if isinstance(content, bytes) else _read_small(content)
                self._s3.put_object(**at, **more, Body=body)
                return checksum
        except aws.ClientError:
            return None

    def _read_back(self, key: str, at: dict[str, str], wanted: Stored, checksum: str) -> None:
        with self._telling(key):
            about = self._s3.head_object(**at, ChecksumMode="ENABLED")
        # Some stores keep no checksum; then only reading the bytes says what they hold.
        says = about.get("ChecksumSHA256")
        same = says == checksum if says else self._read(key) == wanted
        if about["ContentLength"] != wanted.size or not same:
            raise StoreError(
                f"{self._place(key)}: the store gives back another checksum than was sent. "
                "Do not use this store before its operator has explained it."
            )

    def _read(self, key: str) -> Stored:
        digest, size = hashlib.sha256(), 0
        for chunk in self.chunks(key):
            digest.update(chunk)
            size += len(chunk)
        return Stored(key, size, digest.hexdigest())

    def _is_there(self, key: str) -> bool:
        try:
            with self._telling(key):
                self._s3.head_object(**self._at(key))
        except NotThere:
            return False
        return True

    def _head_or_none(self, key: str) -> Stored | None:
        try:
            return self.head(key)
        except NotThere:
            return None

    def _compare(self, there: Stored, wanted: Stored) -> Stored:
        if there != wanted:
            raise AlreadyThere(f"{self._place(wanted.key)}: exists with other content. It is kept.")
        return there

    def _place(self, key: str) -> str:
        return f"{self.name}/{key}" if key else self.name

    @contextmanager
    def _telling(self, key: str, pass_on: frozenset[str] = frozenset()) -> Iterator[None]:
        """Turn boto3's errors into the port's; client errors of a code in `pass_on` go through."""
        try:
            yield
        except aws.ClientError as error:
            if _code(error) in pass_on:
                raise
            self._tell(key, error)
        except _CREDENTIALS as error:
            raise Refused(
                f"{self.name}: no credentials for S3 ({error}). Set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
            ) from error
        except aws.SSLError as error:
            raise Refused(
                f"{self._door()}: {error}. Set AWS_CA_BUNDLE, or mend its certificate."
            ) from error
        except _NO_ANSWER as error:
            raise Unavailable(
                f"{self._place(key)}: {self._door()} does not answer ({error}). "
                "Is it running, and AWS_ENDPOINT_URL right? Then try again."
            ) from error
        except aws.BotoCoreError as error:
            raise Refused(f"{self.name}: {error}. Mend the AWS settings.") from error
        except OSError as error:
            raise StoreError(f"{error.filename or key}: {error.strerror or error}") from error

    def _tell(self, key: str, error: aws.ClientError) -> NoReturn:
        code, status = _code(error), error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        place, where = self._place(key), f"bucket `{self._bucket}` at {self._door()}"
        # The answer to HEAD has no body, and so no code: 404 may mean the bucket.
        if code == "NoSuchBucket" or (code in _NO_KEY and not self._has_bucket()):
            raise Refused(
                f"no {where}. Make it, or mend COPYTRAIL_STORE or AWS_ENDPOINT_URL."
            ) from error
        if code in _NO_KEY:
            raise NotThere(f"{place}: not there") from error
        if code in _NO_ROOM or status == 507:
            raise Full(f"{where}: no room left ({code}). Make room, then run again.") from error
        if code in _ALTERED:
            raise StoreError(
                f"{place}: what came to {where} is not what was sent ({code}), or the file changed "
                "meanwhile. Nothing was kept; try again."
            ) from error
        if code == "NotImplemented" or status == 501:
            raise Refused(
                f"{where} cannot create objects only once (If-None-Match): {error}. "
                "Use another store."
            ) from error
        if code in _BUSY | GONE or status >= 500:
            raise Unavailable(
                f"{place}: {where} is out of order ({error}). Try again later."
            ) from error
        if 300 <= status < 400:
            raise Refused(
                f"{where} answers with redirects only. Mend AWS_ENDPOINT_URL or AWS_REGION."
            ) from error
        if status in (401, 403):
            raise Refused(
                f"{where} says no: {error}. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or "
                "AWS_PROFILE), and their right to read, write and list there."
            ) from error
        if self._lock_days and code == "InvalidRequest":
            raise Refused(
                f"{where} says no: {error}. `object_lock_days` is set: does the bucket have Object "
                "Lock? `copytrail doctor` says so."
            ) from error
        raise Refused(f"{where} says no: {error}. Mend the AWS settings.") from error

    def _has_bucket(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except aws.ClientError as error:
            return _code(error) not in ("404", "NoSuchBucket")
        except aws.BotoCoreError:
            return True  # unknown; whoever asks next is told of the connection
        return True

    def _door(self) -> str:
        return str(self._s3.meta.endpoint_url)


def _client() -> Any:
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    # `bucket.host` needs a name server of its own; away from AWS hardly any store has one.
    addressing = {"addressing_style": "path"} if named else {}
    client = boto3.session.Session().client(
        "s3",
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            # The SHA-256 of each upload is in a signed header; over plain HTTP botocore would hash
            # the body once more for the signature.
            s3=addressing | {"payload_signing_enabled": False},
            # We hash what we read ourselves: an audit wants the damaged bytes, not an exception.
            response_checksum_validation="when_required",
            max_pool_connections=16,
        ),
    )
    client.meta.events.register("needs-retry.s3.HeadBucket", _take_as_it_is)
    return client


def _take_as_it_is(response: Any, request_dict: dict[str, Any], **_: Any) -> None:
    """Where a server redirects, botocore asks by HeadBucket for the bucket's region; where it
    redirects that, too, and names none, it would ask again until Python's stack ends."""
    answer = response[1] if response else {}
    if "x-amz-bucket-region" not in answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}):
        request_dict["context"].setdefault("s3_redirect", {})["redirected"] = True


def _read_small(path: Path) -> bytes:
    """A file that was small when it was described; if it is not now, its digest is wrong."""
    with path.open("rb") as file:
        return file.read(parts.MULTIPART + 1)


def _read(body: Any, limit: int) -> bytes:
    """At most `limit` bytes. Only the read behind the last byte says whether the line was cut."""
    data = bytearray()
    with body:
        while len(data) < limit and (piece := body.read(limit - len(data))):
            data += piece
    return bytes(data)


def _code(error: aws.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))

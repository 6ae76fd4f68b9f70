"""The chunked transfer coding taken off (RFC 9112 §7.1), however a body comes in pieces."""

import re

# Size and extensions of a chunk. Twisted, which reads the live ones, stops a line at 1 KiB.
CHUNK = re.compile(rb"[ \t]*0{0,1024}([0-9A-Fa-f]{1,15})(?:[ \t;][^\n]{0,16384})?\r?\n")
LONGEST_LINE = 16_384 + 64  # what CHUNK takes
LONGEST_TRAILER = 1024 * 1024  # bytes of one trailer line; live ones have less than a whole head


class Dechunker:
    """Lenient as browsers are, and never more in memory than a line and the piece at work.

    A body that does not begin with a chunk is handed out as it is: some archivers store bodies
    without the chunks that the headers announce. One that breaks off or goes wrong gives what came
    before.
    """

    def __init__(self) -> None:
        self.complete = False
        """Whether the last chunk came, and the empty line after it."""
        self.surplus = 0
        """Bytes that followed the message."""
        self._held = bytearray()
        self._left = 0
        """Bytes that the chunk at work still has."""
        self._step = self._size
        self._plain = False
        self._first = True

    def feed(self, data: bytes) -> bytes:
        """The next piece of the body; returns what of the entity has come with it."""
        if self._plain:
            return data
        if self.complete:
            self.surplus += len(data)
            return b""
        self._held += data
        out = bytearray()
        while self._step(out):
            pass
        return bytes(out)

    def end(self) -> bytes:
        """The body has ended; returns what was held back."""
        if not self._first or self._plain:
            return b""
        return bytes(self._held)

    # Each step says whether the next one can go on with what is held.

    def _size(self, out: bytearray) -> bool:
        if self._held.find(b"\n", 0, LONGEST_LINE) < 0 and len(self._held) < LONGEST_LINE:
            return False
        line = CHUNK.match(self._held)
        if line is None:
            return self._wrong(out)
        self._first = False
        self._left = int(line[1], 16)
        del self._held[: line.end()]
        self._step = self._data if self._left else self._trailers
        return True

    def _data(self, out: bytearray) -> bool:
        piece = self._held[: self._left]
        out += piece
        del self._held[: self._left]
        self._left -= len(piece)
        if self._left:
            return False
        self._step = self._line_end
        return True

    def _line_end(self, out: bytearray) -> bool:
        if bytes(self._held[:2]) in (b"", b"\r"):
            return False
        size = 2 if self._held.startswith(b"\r\n") else 1 if self._held.startswith(b"\n") else 0
        del self._held[:size]
        self._step = self._size
        return True

    def _trailers(self, out: bytearray) -> bool:
        eol = self._held.find(b"\n", 0, LONGEST_TRAILER)
        if eol < 0:
            return False if len(self._held) < LONGEST_TRAILER else self._wrong(out)
        empty = bytes(self._held[:eol]) in (b"", b"\r")
        del self._held[: eol + 1]
        if empty:
            self.complete = True
            self.surplus = len(self._held)
            self._step = self._over
        return True

    def _wrong(self, out: bytearray) -> bool:
        if self._first:
            self._plain = True
            out += self._held
        self._step = self._over
        return self._over(out)

    def _over(self, out: bytearray) -> bool:
        self._held.clear()
        return False

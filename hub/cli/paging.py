"""A file that may be longer than memory, a page at a time."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
from typing import IO, cast

PAGE = 524_288
_END = 65_536
_GZIP = b"\x1f\x8b"


class Paging:
    """What was not consumed of a page begins the next one; one of which nothing could be is longer the next time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size, self.fingerprint = _identity(file)
        """Of the file as it lies there; 0 and empty for what is no file, and cannot be come back to."""
        if not hasattr(file, "peek"):
            file = io.BufferedReader(cast("io.RawIOBase", file))
        plain = cast("io.BufferedReader", file)
        self._content: IO[bytes] = plain
        if plain.peek(2)[:2] == _GZIP:
            self._content = cast("IO[bytes]", gzip.GzipFile(fileobj=plain))
        self._held = bytearray()
        self._wanted = PAGE

    @property
    def place(self) -> int:
        """How much of the file was read, as it lies there."""
        return self._file.tell() if self.size else 0

    def skip(self, to: int) -> None:
        if to:
            self._content.seek(to)

    def page(self) -> tuple[bytes, bool]:
        """The next page, and whether the file goes on behind it."""
        while len(self._held) < self._wanted:
            read = self._content.read(self._wanted - len(self._held))
            if not read:
                return bytes(self._held), False
            self._held += read
        return bytes(self._held), True

    def consume(self, size: int) -> None:
        del self._held[:size]
        self._wanted = PAGE if size else 2 * self._wanted

    def rest(self) -> bytes:
        return self._content.read()


def _identity(file: IO[bytes]) -> tuple[int, str]:
    """By size, time and both ends: a file that was changed is another one."""
    try:
        found = os.fstat(file.fileno())
    except (OSError, AttributeError):
        return 0, ""
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        return 0, ""
    number = file.fileno()
    digest = hashlib.blake2b(b"%d %d\0" % (found.st_size, found.st_mtime_ns), digest_size=16)
    digest.update(os.pread(number, _END, 0))
    digest.update(os.pread(number, _END, max(0, found.st_size - _END)))
    return found.st_size, digest.hexdigest()

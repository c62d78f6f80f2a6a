"""Where the socket is, found the same way by both sides."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

LONGEST_PATH = 100


def places(directory: Path) -> Iterator[Path]:
    """Where the socket may be, the best place first: beside the configuration, else in a private folder by its hash.

    The second serves paths longer than a Unix address may be (about 107 bytes) and folders that cannot be written.
    """
    beside = directory.resolve() / "hub.sock"
    if len(os.fsencode(beside)) <= LONGEST_PATH:
        yield beside
    name = hashlib.blake2b(os.fsencode(directory.resolve()), digest_size=10).hexdigest()
    yield Path("/tmp") / f"hub-{name}" / "hub.sock"  # noqa: S108 - a folder of our own, whose owner is checked


def is_ours(folder: Path, directory: Path) -> bool:
    """Whether nobody else could have put a socket there: anyone may write to /tmp."""
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid in {0, os.geteuid(), directory.stat().st_uid}
    return False

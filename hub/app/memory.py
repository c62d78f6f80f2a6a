"""Memory that large messages needed goes back to the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress

MMAP_THRESHOLD, LARGE_BYTES = -3, 1_000_000


def give_back_large_blocks() -> None:
    """With the first large document glibc would raise its threshold to 32 MB, and then keep what they needed."""
    with suppress(OSError, AttributeError):  # no such thing for this platform
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, LARGE_BYTES)

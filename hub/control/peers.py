"""Who is at a socket or a terminal."""

from __future__ import annotations

import os
import pwd
import socket
import struct


def peer(connection: socket.socket) -> int | None:
    """The user at the other end; none where the system cannot say, and the socket's mode must do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", packed)[1])


def me() -> str:
    return named(os.geteuid())


def named(uid: int) -> str:
    """How the audit log names somebody at a terminal: ``cli:root``."""
    try:
        return f"cli:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"cli:{uid}"

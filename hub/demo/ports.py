"""A port for a hub that a demo, a test or a benchmark starts."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"

# Below what systems give to those who only connect, so that nobody gets it before the hub opens it.
PORTS = range(15_000, 32_000)


def free_port() -> int:
    """On the loopback."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - no secret
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port

"""Serves the application from a thread of its own; signals and logs stay with the hub."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time

import uvicorn
from starlette.types import ASGIApp

from hub.errors import ConfigError, HubError
from hub.language import Text
from hub.web.limits import Limits, limited

START_S = 10.0
BACKLOG = 1_024


class WebServer:
    """uvicorn with our limits, without its signal handlers and without an access log: URLs may hold identifiers."""

    def __init__(self, app: ASGIApp, listen: str, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._listen = listen
        self._server = uvicorn.Server(_config(app, self._limits))
        self._thread: threading.Thread | None = None
        self.port = 0
        """The port it listens on, once started."""

    @property
    def healthy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Returns when requests are answered. Raises ``ConfigError`` when the address cannot be had."""
        opened = _opened(self._listen)
        self.port = opened.getsockname()[1]
        self._thread = threading.Thread(target=self._run, args=(opened,), name="web", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise HubError("the web part did not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """Takes no new requests, answers those under way, ends."""
        if self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
            self._thread = None

    def _run(self, opened: socket.socket) -> None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner, opened:
            runner.run(self._server.serve([opened]))


def _config(app: ASGIApp, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=limited(limits),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(limits.idle_s),
        timeout_graceful_shutdown=int(limits.drain_s),
    )


def _loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # not to be had on Windows
    except ImportError:
        return None
    return uvloop.Loop


def _opened(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host.strip("[]"), _port(port)), family=family, backlog=BACKLOG)
    except (OSError, OverflowError, ValueError) as error:
        raise ConfigError(
            "web.listen: {address} cannot be had ({reason}); choose another, or stop who holds it",
            address=listen,
            reason=Text(os.strerror(number) if (number := getattr(error, "errno", None)) else str(error)),
        ) from error


def _port(raw: str) -> int:
    if int(raw) not in range(65_536):  # checked here because socket.create_server would leave its socket open
        raise ValueError("no such port")
    return int(raw)

"""The side of the hub: answers commands."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from hub.control.asking import LONGEST_LINE, connect
from hub.control.peers import named, peer
from hub.control.places import is_ours, places
from hub.errors import HubError, Refused
from hub.model import Json

Perform = Callable[[str, Json, str], Any]
"""(operation, arguments, who asks) -> its result as JSON data."""

GREETING_S, SHORT_LINE = 30.0, 65_536


class ControlServer:
    """Answers commands, each connection in a thread of its own."""

    def __init__(self, directory: Path, perform: Perform) -> None:
        self._directory = directory
        self._perform = perform
        self._listener: socket.socket | None = None
        self._place: Path | None = None

    def start(self) -> None:
        """Opens the socket. A second hub of the same configuration leaves it to the first.

        Raises ``Refused`` when it cannot be had anywhere.
        """
        with suppress(Refused):
            if other := connect(self._directory):
                other.close()
                return
        self._listener = self._bind()
        threading.Thread(target=self._accept, args=(self._listener,), name="control", daemon=True).start()

    def stop(self) -> None:
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        if self._place is not None:
            self._place.unlink(missing_ok=True)
            if self._place.parent != self._directory.resolve():
                with suppress(OSError):
                    self._place.parent.rmdir()

    def _bind(self) -> socket.socket:
        reason = ""
        for place in places(self._directory):
            try:
                listener = _bound(place, self._directory)
            except OSError as error:
                reason = os.strerror(error.errno or errno.EIO)
            else:
                self._place = place
                return listener
        raise Refused(
            "the control socket of {directory} cannot be opened: {reason}",
            directory=str(self._directory),
            reason=reason,
        )

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                if self._listener is not listener:
                    return
                threading.Event().wait(0.05)  # out of file descriptors for a moment
                continue
            threading.Thread(target=self._answer, args=(connection,), name="control-answer", daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            connection.settimeout(GREETING_S)
            uid = peer(connection)
            if uid not in {None, 0, os.geteuid()}:
                lines.readline(SHORT_LINE)  # closing before it is read would take the answer away with it
                connection.sendall(_line({"error": _described(Refused("only the user who runs the hub may ask it"))}))
                return
            who = named(os.geteuid() if uid is None else uid)
            while line := lines.readline(LONGEST_LINE):
                connection.sendall(self._answered(line, who))

    def _answered(self, line: bytes, who: str) -> bytes:
        try:
            question = msgspec.json.decode(line)
            return _line({"result": self._perform(question["operation"], question["arguments"], who)})
        except HubError as error:
            return _line({"error": _described(error)})
        except Exception as error:  # noqa: BLE001 - whatever a command asked for must not cost the hub a thread
            failed = HubError("the hub could not do it: {kind}: {reason}", kind=type(error).__name__, reason=str(error))
            return _line({"error": _described(failed)})


def _bound(place: Path, directory: Path) -> socket.socket:
    if place.parent != directory.resolve():
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if not is_ours(place.parent, directory):
            raise PermissionError(errno.EPERM, "")
    place.unlink(missing_ok=True)  # left by a hub that was killed: nobody answered on it
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(place))
        place.chmod(0o600)
        listener.listen(16)
    except OSError:
        listener.close()
        raise
    return listener


def _described(error: HubError) -> Json:
    return {"class": type(error).__name__, "msgid": error.text.msgid, "args": error.text.args}


def _line(answer: Json) -> bytes:
    return msgspec.json.encode(answer, enc_hook=str) + b"\n"

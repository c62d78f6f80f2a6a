"""The local socket of a running hub: commands that write ask here, since a hub is the only writer of its database.

A line of JSON goes in, ``{"operation", "arguments"}``; a line comes back, ``{"result"}`` or ``{"error"}``. Only the
user who runs the hub, and root, are answered: the socket is private, and the kernel says who is at the other end.
"""

from __future__ import annotations

import errno
import hashlib
import os
import pwd
import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from hub import errors
from hub.errors import HubError, Refused, Unavailable
from hub.model import Json

Perform = Callable[[str, Json, str], Any]
"""(operation, arguments, who asks) -> its result as JSON data."""

LONGEST_PATH = 100
LONGEST_LINE = 256 * 2**20
ANSWER_S = 600.0
GREETING_S = 30.0


def places(directory: Path) -> Iterator[Path]:
    """Where the socket may be, the best place first: beside the configuration, else in a private folder by its hash.

    The second serves paths longer than a Unix address may be (about 107 bytes) and folders that cannot be written.
    """
    beside = directory.resolve() / "hub.sock"
    if len(os.fsencode(beside)) <= LONGEST_PATH:
        yield beside
    name = hashlib.blake2b(os.fsencode(directory.resolve()), digest_size=10).hexdigest()
    yield Path("/tmp") / f"hub-{name}" / "hub.sock"  # noqa: S108 - a folder of our own, whose owner is checked


# --- asking ----------------------------------------------------------------------------------------------------------


def connect(directory: Path) -> socket.socket | None:
    """A connection to the hub that runs with this configuration; none when none does."""
    for place in places(directory):
        if not _ours(place.parent, directory):
            continue
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
        except PermissionError as error:
            connection.close()
            raise Refused("a hub runs here as another user; run the command as that user, or as root") from error
        else:
            connection.settimeout(ANSWER_S)
            return connection
    return None


def ask(connection: socket.socket, operation: str, arguments: Json) -> Any:
    """What the running hub answers. Raises the ``HubError`` it raised, ``Unavailable`` when it ended meanwhile."""
    try:
        connection.sendall(msgspec.json.encode({"operation": operation, "arguments": arguments}) + b"\n")
        line = connection.makefile("rb").readline(LONGEST_LINE)
    except OSError as error:
        raise Unavailable("the hub did not answer; it may be ending") from error
    if not line.endswith(b"\n"):
        raise Unavailable("the hub did not answer; it may be ending")
    answer = msgspec.json.decode(line)
    if "error" in answer:
        raise _raised(answer["error"])
    return answer["result"]


def _ours(folder: Path, directory: Path) -> bool:
    """Whether nobody else could have put a socket there: anyone may write to /tmp."""
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid in {0, os.geteuid(), directory.stat().st_uid}
    return False


def _raised(error: Json) -> HubError:
    kind = getattr(errors, error["class"], None)
    if not (isinstance(kind, type) and issubclass(kind, HubError)):
        kind = HubError
    return kind(error["msgid"], **error["args"])


# --- answering -------------------------------------------------------------------------------------------------------


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
        with connection, suppress(OSError):
            connection.settimeout(GREETING_S)
            uid = peer(connection)
            if uid not in {None, 0, os.geteuid()}:
                connection.sendall(_line({"error": _described(Refused("only the user who runs the hub may ask it"))}))
                return
            who = _named(os.geteuid() if uid is None else uid)
            with connection.makefile("rb") as lines:
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
        if not _ours(place.parent, directory):
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


def peer(connection: socket.socket) -> int | None:
    """The user at the other end; none where the system cannot say, and the socket's mode must do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", packed)[1])


def me() -> str:
    return _named(os.geteuid())


def _named(uid: int) -> str:
    """How the audit log names somebody at a terminal: ``cli:root``."""
    try:
        return f"cli:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"cli:{uid}"


def _described(error: HubError) -> Json:
    return {"class": type(error).__name__, "msgid": error.text.msgid, "args": error.text.args}


def _line(answer: Json) -> bytes:
    return msgspec.json.encode(answer, enc_hook=str) + b"\n"

"""The side of a command: finds the hub that runs, and has it do something."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import msgspec

from hub import errors
from hub.control.places import is_ours, places
from hub.errors import HubError, Refused, Unavailable
from hub.language import text_of
from hub.model import Json

LONGEST_LINE = 256 * 2**20
ANSWER_S = 600.0


def connect(directory: Path) -> socket.socket | None:
    """A connection to the hub that runs with this configuration; none when none does."""
    for place in places(directory):
        if not is_ours(place.parent, directory):
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


def _raised(error: Json) -> HubError:
    kind = getattr(errors, error["class"], None)
    if not (isinstance(kind, type) and issubclass(kind, HubError)):
        kind = HubError
    return kind(error["msgid"], **text_of(error).args)

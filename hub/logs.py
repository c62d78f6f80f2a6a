"""What the hub says about itself on standard error: one line an event, with a stable code and no personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import datetime
from typing import Any, Literal, TextIO

from hub.errors import HubError

Format = Literal["auto", "json", "text"]
NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
"""ID numbers of 18 and of 15 characters, and mobile phones."""
MASK = "[masked]"
OTHERS = ("alembic", "amqp", "asyncio", "httpcore", "httpx", "kombu", "uvicorn")
"""Libraries of which only warnings are of interest."""


def begin(level: str = "info", form: Format = "auto", stream: TextIO | None = None) -> None:
    """Sends all events of this process to standard error."""
    stream = stream or sys.stderr
    as_text = stream.isatty() if form == "auto" else form == "text"
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLine() if as_text else JsonLine())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in OTHERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
    threading.excepthook = _thread_ended


def event(log: logging.Logger, code: str, sentence: str, level: int = logging.INFO, **facts: Any) -> None:
    """Writes one event: its code never changes, ``sentence`` has ``{named}`` places for the facts."""
    log.log(level, "%s", sentence.format_map(facts), extra={"event": code, "facts": facts})


def masked(text: str) -> str:
    """The second net: personal data should not have come here at all."""
    return NUMBERS.sub(MASK, text)


def trace(error: BaseException) -> list[str]:
    """Where an error came from, without the words of a stranger's exception: they may quote a message."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    said = f": {error}" if isinstance(error, HubError) else ""
    cause = trace(error.__cause__) if error.__cause__ else []
    return [*cause, *frames, f"{type(error).__name__}{said}"]


class JsonLine(logging.Formatter):
    """For programs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": _time(record),
            "level": record.levelname.lower(),
            "event": _code(record),
            "text": masked(record.getMessage()),
        }
        line |= {name: _plain(value) for name, value in getattr(record, "facts", {}).items()}
        if record.exc_info and record.exc_info[1]:
            line["trace"] = [masked(step) for step in trace(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


class TextLine(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)[11:19]} {record.levelname.lower():8} {_code(record)}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1]:
            line = "\n    ".join([line, *trace(record.exc_info[1])])
        return masked(line)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")


def _code(record: logging.LogRecord) -> str:
    """An event without a code is known by the module it came from."""
    return str(getattr(record, "event", record.name.removeprefix("hub.")))


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | None) else masked(str(value))


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else "?"
        logging.getLogger("hub").critical(
            "the thread %s ended", name, exc_info=ended.exc_value, extra={"event": "thread.ended"}
        )

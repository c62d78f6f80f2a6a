"""One TOML file of the configuration, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.config import secrets
from hub.config.mistakes import Mistake, Place, explain, written
from hub.config.places import line_of, lines_of
from hub.config.syntax import explained
from hub.language import Text

FOLDERS = ("feeds", "destinations", "alarms", "identity")
"""What stands beside hub.toml."""
M = TypeVar("M", bound=BaseModel)


@dataclass
class File:
    """``content`` is none when the file could not be read."""

    path: Path
    content: dict[str, Any] | None = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, text: Text, *key: str | int, line: int = 0) -> None:
        place = line or (line_of(key, self.lines) if key else 0)
        self.mistakes.append(Mistake(self.path, place, ".".join(map(str, key)), text))

    def read(self, model: type[M], content: Any, *under: str | int) -> M | None:
        """A part of the file as a model; none, with mistakes, when it does not fit."""
        try:
            return model.model_validate(content, context={secrets.DIRECTORY: _directory_of(self.path)})
        except ValidationError as error:
            self.mistakes.extend(explain(error, model, self.path, self.lines, under))
            return None


def opened(path: Path, *, needed: bool = True) -> File:
    """A file that need not be there is empty without it."""
    file, text = File(path), ""
    try:
        text = written(path)
        file.content, file.lines = tomllib.loads(text), lines_of(text)
    except FileNotFoundError:
        if not needed:
            file.content = {}
            return file
        file.wrong(Text("there is no such file; hub init DIR writes a starter configuration"))
    except OSError as error:
        file.wrong(Text("cannot be read: {reason}", {"reason": Text(error.strerror or str(error))}))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        file.wrong(Text("is not UTF-8 here; save the file as UTF-8"), line=line)
    except tomllib.TOMLDecodeError as error:
        reason, line = explained(str(error), text)
        file.wrong(reason, line=line)
    return file


def all_in(directory: Path, folder: str) -> list[File]:
    return [opened(path) for path in sorted((directory / folder).glob("*.toml"))]


def _directory_of(path: Path) -> Path:
    return path.parent.parent if path.parent.name in FOLDERS else path.parent

"""What is wrong in a configuration file: one line a mistake, in the reader's language."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.config.places import line_of, lines_of
from hub.errors import ConfigError
from hub.language import ENGLISH, Text

LONGEST = 60
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``feeds/a.toml:3: settings.listen: must be HOST:PORT``; line 0 is the file as a whole."""

    file: Path
    line: int
    key: str
    text: Text

    @property
    def place(self) -> str:
        file = f"{self.file}:{self.line}" if self.line else str(self.file)
        return ": ".join(filter(None, (file, self.key)))

    @property
    def sentence(self) -> Text:
        """For within another sentence."""
        return Text("{place}: {reason}", {"place": self.place, "reason": self.text})

    def render(self, language: str = ENGLISH) -> str:
        return f"{self.place}: {self.text.render(language)}"


@dataclass(frozen=True, slots=True)
class Listed(Text):
    """Several mistakes, a line each."""

    mistakes: tuple[Mistake, ...] = ()

    def render(self, language: str = ENGLISH) -> str:
        return "\n".join(mistake.render(language) for mistake in self.mistakes)


class Mistakes(ConfigError):
    """Everything that is wrong with a configuration, at once."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("the configuration has {count} mistakes", count=len(self.mistakes))
        self.text = Listed(self.text.msgid, self.text.args, self.mistakes)


def at(file: Path, key: Place, text: Text) -> Mistake:
    """A mistake that shows only later, when the file has been read and left."""
    try:
        line = line_of(key, lines_of(written(file)))
    except (OSError, UnicodeDecodeError):  # gone since
        line = 0
    return Mistake(file, line, ".".join(map(str, key)), text)


def written(file: Path) -> str:
    """The text of a file, with or without the mark and line ends that Windows editors write."""
    return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def explain(
    error: ValidationError, model: type[BaseModel], file: Path, lines: Mapping[Place, int], under: Place = ()
) -> Iterator[Mistake]:
    """The findings of pydantic in our words; ``under`` is where the model's part of the file begins."""
    for detail in error.errors(include_url=False):
        place = (*(part for part in detail["loc"] if part != "[key]"), *_named(detail))
        key = ".".join(str(part) for part in (*under, *place))
        yield Mistake(file, line_of((*under, *place), lines), key, _sentence(detail, model, place))


def _named(detail: ErrorDetails) -> Place:
    """A validator of several keys names the one at fault: ``raise ValueError(sentence, key)``."""
    error = detail.get("ctx", {}).get("error")
    if not isinstance(error, ValueError):
        return ()
    return tuple(part if isinstance(part, int) else str(part) for part in error.args[1:])


def nearest(given: str, known: Sequence[str]) -> str | None:
    return next(iter(get_close_matches(given.lower(), known, 1, 0.6)), None)


def _sentence(detail: ErrorDetails, model: type[BaseModel], place: Place) -> Text:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(str(place[-1]), _model_at(model, place[:-1]))
        case "missing":
            return _missing(_model_at(model, place[:-1]), str(place[-1]))
        case "literal_error" | "enum":
            return _choice(detail["input"], _model_at(model, place[:-1]), place, str(context["expected"]))
        case "value_error":
            reason = context["error"].args[0] if context["error"].args else ""
            return reason if isinstance(reason, Text) else Text(str(reason) or detail["msg"])
        case kind:
            return _SENTENCES.get(kind, _in_its_own_words)(detail)


def _unknown(key: str, model: type[BaseModel] | None) -> Text:
    known = [field.alias or name for name, field in model.model_fields.items()] if model else []
    if near := nearest(key, known):
        return Text("there is no such key; did you mean {near}?", {"near": near})
    return Text("there is no such key; the keys here are {known}", {"known": ", ".join(known) or "-"})


def _missing(model: type[BaseModel] | None, key: str) -> Text:
    field = model.model_fields.get(key) if model else None
    about = " ".join((field.description or "").split()) if field else ""
    return Text("is missing: {about}", {"about": Text(about)}) if about else Text("is missing")


def _choice(given: Any, model: type[BaseModel] | None, place: Place, expected: str) -> Text:
    field = model.model_fields.get(str(place[-1])) if model else None
    known = [str(value) for value in get_args(field.annotation)] if field else []
    if near := nearest(str(given), known):
        return Text("{given} is not known; did you mean {near}?", {"given": _shown(given), "near": f'"{near}"'})
    choices = ", ".join(f'"{value}"' for value in known) or expected
    return Text("{given} is not known; write one of {choices}", {"given": _shown(given), "choices": choices})


def _a(msgid: str) -> Callable[[ErrorDetails], Text]:
    return lambda detail: Text(msgid, {"given": _shown(detail["input"])})


def _limit(msgid: str, name: str) -> Callable[[ErrorDetails], Text]:
    return lambda detail: Text(msgid, {"limit": f"{detail['ctx'][name]:g}", "given": _shown(detail["input"])})


def _in_its_own_words(detail: ErrorDetails) -> Text:
    return Text("{reason}", {"reason": detail["msg"]})


_WHOLE = _a("must be a whole number, not {given}")
_NUMBER = _a("must be a number, not {given}")
_YES_NO = _a("must be true or false, not {given}")
_TABLE = _a("must be a table of keys, not {given}")
_LIST = _a("must be a list in [ ], not {given}")
_SENTENCES: Mapping[str, Callable[[ErrorDetails], Text]] = {
    "string_type": _a("must be text in quotes, not {given}"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "greater_than_equal": _limit("must be at least {limit}, not {given}", "ge"),
    "greater_than": _limit("must be more than {limit}, not {given}", "gt"),
    "less_than_equal": _limit("must be at most {limit}, not {given}", "le"),
    "less_than": _limit("must be less than {limit}, not {given}", "lt"),
}


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, dict):
        return "{ … }"
    text = f'"{given}"' if isinstance(given, str) else str(given)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model whose keys are written at a place; none inside free tables."""
    here: type[BaseModel] | None = model
    for part in place:
        if here is None or part not in here.model_fields:
            return here if isinstance(part, int) else None
        here = model_in(here.model_fields[str(part)].annotation)
    return here


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, list, tuple, dict):
        return next(filter(None, map(model_in, get_args(annotation))), None)
    return None

"""One code map as a CSV file that Excel and WPS open and save, and everything that is wrong with one."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hub.config import Mistake, Mistakes
from hub.language import Text
from hub.model import Code

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
COLUMNS = ("code", "system", "display", "standard_code", "standard_system", "standard_display", "relation", "note")
RELATIONS = ("equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "relatedto")
"""FHIR's words for how the standard code stands to the sender's; none written means equivalent."""
_NEEDED = ("code", "standard_code")
_ALL = {"columns": ",".join(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what the sender writes, and what it is. Without a standard code the sender's own is kept for good."""

    code: str
    system: str = ""
    """As the sender names it; a row without one is for the code in whatever system."""
    display: str = ""
    standard_code: str = ""
    standard_system: str = ""
    standard_display: str = ""
    relation: str = ""
    note: str = ""
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        return f"{self.system}|{self.code}" if self.system else self.code

    @property
    def standard(self) -> Code:
        return Code(self.standard_system, self.standard_code, self.standard_display)


@dataclass(frozen=True, slots=True)
class MapFile:
    """Where a map stands: ``codes/<map>.csv`` is for all feeds, ``codes/<feed>/<map>.csv`` for one."""

    path: Path
    name: str
    feed: str = ""


FEEDS_OWN = "codes"


def place_of(directory: Path, name: str, feed: str = "") -> Path:
    return directory / FEEDS_OWN / feed / f"{name}.csv"


def read_map(path: Path) -> list[Entry]:
    """Raises ``Mistakes`` with all of them, each with its line."""
    try:
        return parse_map(path.read_bytes(), path)
    except OSError as error:
        reason = Text("cannot be read: {reason}", {"reason": Text(error.strerror or str(error))})
        raise Mistakes([Mistake(path, 0, "", reason)]) from error


def parse_map(content: bytes, path: Path) -> list[Entry]:
    """The same for bytes that are to become the file at ``path``."""
    reader = _Reader(path)
    found = list(reader.entries(content))
    if reader.mistakes:
        raise Mistakes(reader.mistakes)
    return found


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.mistakes: list[Mistake] = []

    def wrong(self, line: int, text: Text, key: str = "") -> None:
        self.mistakes.append(Mistake(self.path, line, key, text))

    def entries(self, content: bytes) -> Iterator[Entry]:
        text = self._decoded(content)
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        columns: list[str] = []
        lines: dict[str, int] = {}
        try:
            for cells in rows:
                if not any(cell.strip() for cell in cells):
                    continue
                if not columns:
                    columns = [cell.strip().lower() for cell in cells]
                    if not self._sound_header(columns, rows.line_num):
                        return
                elif entry := self._entry(dict(zip(columns, cells, strict=False)), cells, columns, rows.line_num):
                    if entry.key in lines:
                        args = {"code": entry.key, "line": lines[entry.key]}
                        self.wrong(rows.line_num, Text("{code} stands in line {line} already", args))
                    lines.setdefault(entry.key, rows.line_num)
                    yield entry
        except csv.Error:
            self.wrong(rows.line_num, Text("is no sound CSV here: a quotation mark is missing or too many"))
            return
        if not columns:
            self.wrong(1, Text("the first line must name the columns: {columns}", _ALL))

    def _decoded(self, content: bytes) -> str:
        """UTF-8 with or without a mark, or GB18030, as Excel and WPS save it in China."""
        for codec in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(codec)
            except UnicodeDecodeError as error:
                line = content[: error.start].count(b"\n") + 1
        self.wrong(line, Text("is neither UTF-8 nor GB18030 here; save the file as CSV UTF-8"))
        return ",".join(COLUMNS)

    def _sound_header(self, columns: list[str], line: int) -> bool:
        for name in _NEEDED:
            if name not in columns:
                self.wrong(
                    line, Text("the column {column} is missing; the columns are {columns}", {"column": name} | _ALL)
                )
        for at, name in enumerate(columns):
            if name in columns[:at]:
                self.wrong(line, Text("the column {column} is there twice", {"column": name}))
            elif name and name not in COLUMNS:
                args = {"column": name} | _ALL
                self.wrong(line, Text("a column {column} is not known; the columns are {columns}", args))
        return not self.mistakes

    def _entry(self, row: dict[str, str], cells: list[str], columns: list[str], line: int) -> Entry | None:
        if any(cell.strip() for cell in cells[len(columns) :]):
            text = Text("there are more cells than columns; a cell with a comma in it stands in quotation marks")
            self.wrong(line, text)
            return None
        values = {name: row.get(name, "").strip() for name in COLUMNS}
        if not values["code"]:
            self.wrong(line, Text("is missing"), "code")
            return None
        if not values["standard_code"] and not values["note"]:
            text = Text("is missing; to keep the sender's code as it is, say why in the column note")
            self.wrong(line, text, "standard_code")
            return None
        if values["relation"] and values["relation"] not in RELATIONS:
            args = {"given": values["relation"], "choices": ", ".join(RELATIONS)}
            self.wrong(line, Text("{given} is not known; write one of {choices}", args), "relation")
            return None
        found = Entry(**values, line=line)
        if not found.standard_code:
            return replace(found, standard_system="", standard_display="", relation="")
        return replace(found, relation="") if found.relation == "equivalent" else found


def written_map(entries: Iterable[Entry]) -> bytes:
    """With the mark by which Excel and WPS know UTF-8."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows([getattr(entry, name) for name in COLUMNS] for entry in entries)
    return text.getvalue().encode("utf-8-sig")


def write_map(path: Path, entries: Iterable[Entry]) -> None:
    """All of it or nothing: whoever reads meanwhile finds the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(written_map(entries))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

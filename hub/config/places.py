"""On which line of a TOML text a key stands; the standard library's parser does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]

_PART = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_SKIPPED = re.compile(
    r'''#[^\n]*|"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\[\]{}\n]|[^#"'\[\]{}\n]+''',
    re.DOTALL,
)


def lines_of(text: str) -> Mapping[Path, int]:
    """The line of each key and table, by its path; tables of an array are numbered from 0."""
    found: dict[Path, int] = {}
    tables: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        if statement.startswith("[["):
            path = _keys(statement[2:])
            tables[path] = tables.get(path, -1) + 1
            table = (*path, tables[path])
            found.setdefault(table, line)
        elif statement.startswith("["):
            table = _within(_keys(statement[1:]), tables)
            found.setdefault(table, line)
        else:
            _note(found, (*table, *_keys(statement)), len(table), line)
    return found


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of a key, else of the nearest table around it, else 1."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each ``key = …`` and ``[table]`` with the line it begins on; values may run over several lines."""
    line, begin, depth, statement = 1, 1, 0, ""
    for piece in _SKIPPED.findall(text + "\n"):
        if piece == "\n" and depth <= 0:
            if statement.strip():
                yield begin, statement.strip()
            statement, begin, depth = "", line + 1, 0
        elif not piece.startswith("#"):
            statement += piece
            depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")


def _keys(text: str) -> Path:
    """``a."b.c".d = …`` is ("a", "b.c", "d")."""
    keys: list[str] = []
    position = 0
    while part := _PART.match(text, position):
        keys.append(next(group for group in part.groups() if group is not None))
        position = part.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return tuple(keys)


def _within(path: Path, tables: Mapping[Path, int]) -> Path:
    """``[a.b]`` after ``[[a]]`` belongs to the newest a."""
    whole: Path = ()
    for key in path:
        whole = (*whole, key)
        if whole in tables:
            whole = (*whole, tables[whole])
    return whole


def _note(found: dict[Path, int], path: Path, depth: int, line: int) -> None:
    for end in range(depth + 1, len(path) + 1):
        found.setdefault(path[:end], line)

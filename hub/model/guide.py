"""The interface document of a feed as plain data: an adapter writes it, the hub sets it in HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from hub.language import Text

Cell = Text | str
"""A sentence in the reader's language, or something that is the same in each: a code, a number, an example."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A message the feed accepts, of an invented person, and what its sender hears."""

    title: Cell
    message: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: Cell
    texts: tuple[Cell, ...] = ()
    grids: tuple[Grid, ...] = ()
    samples: tuple[Sample, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """Written for whoever programs the other side."""

    title: Cell
    sections: tuple[Section, ...]

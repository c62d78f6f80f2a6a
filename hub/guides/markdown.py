"""A guide as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from hub.guides.wording import Wording
from hub.model.guide import Cell, Grid, Guide, Section


def as_markdown(guide: Guide, wording: Wording) -> str:
    lines = [f"# {wording.line(guide.title)}"]
    for section in guide.sections:
        lines += _section(section, wording, 2)
    return "\n".join(lines) + "\n"


def _section(section: Section, wording: Wording, level: int) -> Iterator[str]:
    yield from ("", f"{'#' * level} {wording.line(section.title)}")
    for text in section.texts:
        for said in wording.said(text):
            yield from ("", said)
    for grid in section.grids:
        yield from ("", *_grid(grid, wording))
    for sample in section.samples:
        yield from ("", f"{'#' * (level + 1)} {wording.line(sample.title)}", "", "```text", sample.message, "```")
        if sample.answer:
            yield from ("", "```text", sample.answer, "```")
    for inner in section.sections:
        yield from _section(inner, wording, level + 1)


def _grid(grid: Grid, wording: Wording) -> Iterator[str]:
    yield _row(grid.columns, wording)
    yield "|" + " --- |" * len(grid.columns)
    for row in grid.rows:
        yield _row(row, wording)


def _row(cells: tuple[Cell, ...], wording: Wording) -> str:
    return "| " + " | ".join(wording.line(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

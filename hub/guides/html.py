"""A guide as one HTML file: no script, nothing from elsewhere, black on white paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from hub.guides.wording import Wording
from hub.model.guide import Cell, Grid, Guide, Sample, Section

STYLE = """
body { font: 15px/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #1a1a1a;
  max-width: 62em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.7em; line-height: 1.25; border-bottom: 3px solid #1d5c8f; padding-bottom: .3em; }
h2 { font-size: 1.3em; margin-top: 2em; border-bottom: 1px solid #b8c4ce; }
h3 { font-size: 1.08em; margin: 1.6em 0 .4em; }
h1 span, h2 span, h3 span, h4 span, p span, td span, th span, li span { display: block; }
span[lang=en] { color: #4a5560; font-size: .92em; }
table { border-collapse: collapse; width: 100%; margin: .8em 0 1.4em; font-size: .92em; }
th, td { border: 1px solid #b8c4ce; padding: .3em .55em; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #eef3f7; }
pre { background: #f5f6f7; border: 1px solid #d5dbe0; padding: .6em .8em; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 12.5px/1.5 Menlo, Consolas, monospace; }
nav ol { columns: 2; }
@media print { body { font-size: 10.5px; max-width: none; margin: 0; } nav { display: none; }
  thead { display: table-header-group; }
  tr, pre { break-inside: avoid; } h2, h3 { break-after: avoid; } a { color: inherit; text-decoration: none; } }
"""
TAGS = {"zh_CN": "zh-CN", "en": "en"}


def as_html(guide: Guide, wording: Wording) -> str:
    parts = [
        "<!doctype html>",
        f'<html lang="{wording.tag}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(wording.line(guide.title))}</title><style>{STYLE}</style></head><body>",
        f"<h1>{_said(guide.title, wording)}</h1>",
        "<nav><ol>",
        *(
            f'<li><a href="#s{at}">{escape(wording.line(section.title))}</a></li>'
            for at, section in enumerate(guide.sections, 1)
        ),
        "</ol></nav>",
    ]
    for at, section in enumerate(guide.sections, 1):
        parts += _section(section, wording, 2, f"s{at}")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _section(section: Section, wording: Wording, level: int, name: str) -> Iterator[str]:
    yield f'<section id="{name}"><h{level}>{_said(section.title, wording)}</h{level}>'
    yield from (f"<p>{_said(text, wording)}</p>" for text in section.texts)
    for grid in section.grids:
        yield from _grid(grid, wording)
    for sample in section.samples:
        yield from _sample(sample, wording, level + 1)
    for at, inner in enumerate(section.sections, 1):
        yield from _section(inner, wording, min(level + 1, 6), f"{name}-{at}")
    yield "</section>"


def _grid(grid: Grid, wording: Wording) -> Iterator[str]:
    yield "<table><thead><tr>"
    yield from (f"<th>{_said(cell, wording)}</th>" for cell in grid.columns)
    yield "</tr></thead><tbody>"
    for row in grid.rows:
        yield "<tr>" + "".join(f"<td>{_said(cell, wording)}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _sample(sample: Sample, wording: Wording, level: int) -> Iterator[str]:
    yield f"<h{level}>{_said(sample.title, wording)}</h{level}>"
    yield f"<pre>{escape(sample.message)}</pre>"
    if sample.answer:
        yield f"<pre>{escape(sample.answer)}</pre>"


def _said(cell: Cell, wording: Wording) -> str:
    said = wording.said(cell)
    if len(said) == 1:
        return escape(said[0])
    return "".join(
        f'<span lang="{TAGS[language]}">{escape(one)}</span>'
        for language, one in zip(wording.languages, said, strict=True)
    )

"""What verbs print: tables for people, aligned text for pipes, JSON for programs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
import msgspec

PART = 65_536
CHINA = timedelta(hours=8)
_encoder = msgspec.json.Encoder(decimal_format="number")


def put_json(data: Any) -> None:
    """One JSON document on standard output, UTF-8 whatever the terminal."""
    click.echo(msgspec.json.format(_encoder.encode(data), indent=2))


def put_json_list(rows: Iterable[Any]) -> None:
    """A JSON array, one element a line; a part of it in memory at a time."""
    part, before = bytearray(), b"[\n"
    for row in rows:
        part += before + _encoder.encode(row)
        before = b",\n"
        if len(part) > PART:
            click.echo(bytes(part), nl=False)
            part.clear()
    click.echo(bytes(part) + (b"[]" if before == b"[\n" else b"\n]"))


def say(sentence: str) -> None:
    """Talk, as opposed to data: on standard error."""
    click.echo(sentence, err=True)


def put_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], numbers: Iterable[str] = ()) -> None:
    """A table on a terminal, aligned columns elsewhere; the columns named in ``numbers`` are set to the right."""
    cells = [[shown(value) for value in row] for row in rows]
    right = [column in set(numbers) for column in columns]
    if sys.stdout.isatty():
        _rich(columns, cells, right)
    else:
        _plain([list(columns), *cells], right)


def put_heading(text: str) -> None:
    click.echo(click.style(text, bold=True))


def shown(value: Any) -> str:
    """A value as people read it: moments to the second in the local zone, nothing as nothing.

    A machine that is not on China's time says so: a container's clock often is UTC.
    """
    if isinstance(value, datetime):
        local = value.astimezone()
        if local.utcoffset() == CHINA:
            local = local.replace(tzinfo=None)
        return local.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def _rich(columns: Sequence[str], rows: list[list[str]], right: list[bool]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold")
    for column, is_number in zip(columns, right, strict=True):
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _plain(lines: list[list[str]], right: list[bool]) -> None:
    lines = [[" ".join(cell.split()) for cell in line] for line in lines]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (
            " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
            for cell, width, to_right in zip(line, widths, right, strict=True)
        )
        click.echo("  ".join(padded).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

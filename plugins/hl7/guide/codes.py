"""The codes a feed may hold: in the table of fields by the name of their map, with their meanings behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub import Grid, Section, Text
from plugins.hl7.codes import NAMES, table
from plugins.hl7.names import code_name

if TYPE_CHECKING:
    from hub import Code
    from plugins.hl7.habits import Habits
    from plugins.hl7.rows import Row

SHOWN = 12
"""Of one map among the fields; a longer one is only named there, for its table has them all."""


def maps_of(segment: str, row: Row, habits: Habits) -> list[str]:
    """The maps a field's codes are looked up in, by their names; the one a site has named stands for all."""
    return [own] if (own := habits.named.get((segment, row.field))) else row.codes.split()


def codes_of(segment: str, row: Row, habits: Habits) -> Text | str:
    """The names of the maps, with the standard's codes where they are few."""
    found = [_among_fields(name, habits) for name in maps_of(segment, row, habits)]
    if not found:
        return ""
    return Text("{codes}; see Codes", {"codes": "; ".join(found)})


def _among_fields(name: str, habits: Habits) -> str:
    known = table(name) if name in NAMES else habits.tables.get(name, {})
    return f"{name}: {', '.join(known)}" if known and len(known) <= SHOWN else name


def tables(habits: Habits) -> Iterator[Section]:
    """Every map there is, ours and the site's, whole."""
    for name in sorted({*NAMES, *habits.tables}):
        rows = tuple(_rows(name, habits))
        if rows:
            columns = Text("code"), Text("meaning"), "FHIR", Text("whose")
            yield Section(name, grids=(Grid(columns, rows),))


def _rows(name: str, habits: Habits) -> Iterator[tuple[Text | str, ...]]:
    ours = table(name) if name in NAMES else {}
    for code, found in habits.tables.get(name, ours).items():
        whose = Text("HL7 and ours") if ours.get(code) == found else Text("this site's")
        yield code, _meaning(name, code, found), " ".join(filter(None, (found.code or "–", found.system))), whose


def _meaning(name: str, code: str, found: Code) -> Text | str:
    """What the code says, else what the standard calls what it leads to; a word of FHIR says it itself."""
    return code_name(name, code) or found.display or ("" if found.system else found.code)

"""The fields of every segment: what each is for, where it goes, and which codes it may hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hub import Grid, Section, Text
from plugins.hl7.datatypes.parts import EXTENSION
from plugins.hl7.guide.codes import codes_of
from plugins.hl7.names import NAMELESS, datatypes, field_name, segment_name
from plugins.hl7.segments import ROOMS

if TYPE_CHECKING:
    from plugins.hl7.habits import Habits
    from plugins.hl7.rows import Room, Row

REQUIRED = {("MSH", at) for at in (1, 2, 9, 10)} | {("PID", 3), ("MRG", 1)}
HEARD = {("MSH", 15), ("MSH", 16)}
"""Nothing of them stays in the record: they say which answers the sender wants."""
WANTED = {
    *(("MSH", at) for at in (3, 4, 7, 12, 18)),
    *(("PID", at) for at in (5, 7, 8, 11, 13)),
    *(("PV1", at) for at in (2, 3, 7, 19, 44, 45)),
    *(("OBR", at) for at in (2, 3, 4, 7, 25)),
    *(("OBX", at) for at in (2, 3, 5, 6, 11)),
    *(("ORC", at) for at in (1, 2, 3)),
    *(("RXA", at) for at in (3, 5, 6, 20)),
    *(("DG1", at) for at in (3, 6)),
    *(("EVN", at) for at in (2,)),
    *(("AL1", at) for at in (2, 3)),
}
"""What makes the record worth having."""
COLUMNS = (Text("no."), Text("name"), Text("use"), Text("where it goes, or why not"), Text("codes"))


def sections(habits: Habits) -> Iterator[Section]:
    for name, room in {**ROOMS, **habits.rooms}.items():
        title = Text("{segment} {name}", {"segment": name, "name": segment_name(name, room.name)})
        yield Section(title, grids=(Grid(COLUMNS, tuple(_row(room, row, habits) for row in room.rows)),))


def components() -> Iterator[Section]:
    """What stands between the ^ of names, numbers, addresses and codes."""
    for datatype, names in datatypes().items():
        title = Text("{segment} {name}", {"segment": datatype, "name": names[0]})
        rows = tuple((f"{datatype}.{number}", name) for number, name in names.items() if number)
        yield Section(title, grids=(Grid((Text("no."), Text("name")), rows),))


def _row(room: Room, row: Row, habits: Habits) -> tuple[Text | str, ...]:
    return (
        f"{room.segment}-{row.field}",
        field_name(room.segment, row.field, row.name) if row.name else NAMELESS,
        use(room.segment, row),
        _place(room.segment, row),
        codes_of(room.segment, row, habits),
    )


def use(segment: str, row: Row) -> Text:
    if (segment, row.field) in REQUIRED:
        return Text("required")
    if (segment, row.field) in HEARD:
        return Text("optional")
    if (segment, row.field) in WANTED:
        return Text("expected")
    return {"mapped": Text("optional"), "kept": Text("kept as it comes"), "ignored": Text("ignored")}[row.fate]


def _place(segment: str, row: Row) -> Text | str:
    if (segment, row.field) in HEARD:
        return Text("says which acknowledgements are wanted")
    if row.fate == "ignored":
        return Text(row.detail)
    if row.fate == "mapped":
        return row.detail.replace("*.", "")
    return f"extension {EXTENSION}{segment}-{row.field} {row.detail}".rstrip()

"""Writes docs/reference/hl7-mapping.md: every field we read and every code, from the tables themselves.

``python .ci/reference.py`` (or ``make reference``) after a room, a name or a code has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hub import Bilingual, Grid, Guide, Section, Text
from hub.guides import BOTH, Wording, as_markdown
from plugins.hl7.events import EVENTS
from plugins.hl7.guide.codes import tables
from plugins.hl7.guide.fields import components, sections
from plugins.hl7.habits import USUAL
from plugins.hl7.names import event_name

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs" / "reference" / "hl7-mapping.md"
NOTE = "\n<!-- written by make reference; what it says stands in plugins/hl7 -->\n"


def written() -> str:
    text = as_markdown(_guide(), Wording(BOTH))
    head, rest = text.split("\n", 1)
    return f"{head}\n{NOTE}{rest}"


def _guide() -> Guide:
    return Guide(
        Bilingual("HL7 v2: every field, and where it goes", chinese="HL7 v2：每个字段及其去向"),
        (_events(), _segments(), _components(), _codes()),
    )


def _events() -> Section:
    rows = tuple(
        (f"{kind}^{trigger}", event_name(kind, trigger, event.name), event.visit)
        for (kind, trigger), event in EVENTS.items()
    )
    return Section(Text("Messages"), grids=(Grid((Text("message"), Text("what it says"), "Encounter.status"), rows),))


def _segments() -> Section:
    said = Bilingual(
        "Elements are those of the resource that is named, or of the one the segment before it is about"
        " (`note.text` of an NTE: of its result, its order). What is kept stands in that resource as an extension"
        " of the name shown, with the value FHIR has for it, else as text; so do parts of a field that FHIR has no"
        " place for, as `urn:hub:v2:XPN-9`.",
        chinese="元素属于所写的资源，未写资源时属于前一段所述的资源（NTE 的 `note.text`：所注结果、医嘱的备注）。"
        "保留的内容作为该资源的扩展，名称如表所示，FHIR 有相应类型的取其类型，否则为文本；"
        "FHIR 没有位置的字段成分亦然，名称如 `urn:hub:v2:XPN-9`。",
    )
    return Section(Text("Segments and fields"), texts=(said,), sections=tuple(sections(USUAL)))


def _components() -> Section:
    return Section(Text("Components of fields"), sections=tuple(components()))


def _codes() -> Section:
    return Section(Text("Codes"), sections=tuple(tables(USUAL)))


if __name__ == "__main__":
    PLACE.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{PLACE.relative_to(ROOT)}\n")

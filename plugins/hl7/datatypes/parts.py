"""What is common to every HL7 v2 datatype: its components, and what becomes of those FHIR has no element for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from hub import Text
from plugins.hl7.lexer import NULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

EXTENSION = "urn:hub:v2:"
_PAD = [""] * 24
_FIRST_ONLY: set[Callable[..., Any]] = set()
_FAULTS: dict[Callable[..., Any], str] = {}
_REMEMBERED, _SHORT = 5_000, 200
"""So many texts of so many characters are remembered of a feed."""

C = TypeVar("C", bound="Callable[..., Any]")
V = TypeVar("V")


def parts(rep: Repetition, draft: Draft) -> list[str]:
    """The first subcomponent of each component, trimmed; padded, so that any component of any datatype can be asked."""
    raw = rep.raw
    if raw.isalnum():
        return [raw, *_PAD]
    found = [leaves[0] for leaves in rep.leaves()] if draft.inner in raw else rep.components()
    if NULL in raw:
        found = ["" if part == NULL else part for part in found]
    return [*map(str.strip, found), *_PAD]


def sub(rep: Repetition, component: int, subcomponent: int) -> str:
    value = rep.get(component, subcomponent).strip()
    return "" if value == NULL else value


def leftovers(rep: Repetition, draft: Draft, kind: str, used: Mapping[int, int]) -> list[Json]:
    """Extensions for the leaves that ``used`` (component -> how many of its subcomponents) does not name."""
    if draft.inner not in rep.raw:
        unread = [(number, text) for number, text in enumerate(rep.components(), 1) if text and number not in used]
        return [
            {"url": f"{EXTENSION}{kind}-{number}", "valueString": value}
            for number, text in unread
            if (value := text.strip()) and value != NULL
        ]
    return list(_nested_leftovers(rep, kind, used))


def _nested_leftovers(rep: Repetition, kind: str, used: Mapping[int, int]) -> Iterator[Json]:
    for number, leaves in enumerate(rep.leaves(), 1):
        read = used.get(number, 0)
        for level, text in enumerate(leaves[read:], read + 1):
            if (value := text.strip()) and value != NULL:
                name = f"{EXTENSION}{kind}-{number}" + (f".{level}" if len(leaves) > 1 else "")
                yield {"url": name, "valueString": value}


def remembered(convert: Callable[[Repetition, Draft], V]) -> Callable[[Repetition, Draft], V]:
    """Marks a converter of codes: a feed writes the same few over and over, and each is worked out once.

    What is handed out is a copy of its own each time. Nothing about a person is remembered.
    """

    def read(rep: Repetition, draft: Draft) -> V:
        memory = draft.memory
        known = memory.get((convert, rep.raw))
        if known is None:
            known = msgspec.json.encode(convert(rep, draft))
            if len(memory) >= _REMEMBERED:
                memory.clear()
            if len(rep.raw) <= _SHORT:
                memory[convert, rep.raw] = known
        value: V = _copied(known)
        return value

    return read


_copied = msgspec.json.Decoder().decode


def first_only(convert: C) -> C:
    """Marks a converter that reads only the first leaf: what else is written there is kept."""
    _FIRST_ONLY.add(convert)
    return convert


def reads_first(convert: Callable[..., Any] | None) -> bool:
    return convert in _FIRST_ONLY


def dated(convert: C) -> C:
    """Marks what reads a date or time: a value it cannot read is no possible one."""
    _FAULTS[convert] = Text("not a possible date").msgid
    return convert


def typed(read: C) -> C:
    """Marks what reads a value by the type a message says it has."""
    _FAULTS[read] = Text("not of its type, or not decodable").msgid
    return read


def fault_of(read: Callable[..., Any] | None) -> str:
    """What is wrong with a value that cannot be read; empty where that is not known."""
    return _FAULTS.get(read, "") if read else ""


def extended(element: Json, extensions: list[Json]) -> Json:
    """The element with extensions added, if there are any."""
    if extensions:
        element["extension"] = [*element.get("extension", ()), *extensions]
    return element


def listed(body: Json, name: str) -> list[Any]:
    """The list an element is, made if it is not there or was deleted."""
    found: list[Any] = default(body, name, [])
    return found


def default(body: Json, name: str, value: Any) -> Any:
    """The element, set if it is not there or was deleted."""
    found = body.get(name)
    if not found:
        found = body[name] = value
    return found


def compact(element: Json) -> Json:
    """The element without empty members."""
    return {name: value for name, value in element.items() if value or value is False}

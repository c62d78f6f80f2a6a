"""The rows of a room: each says what becomes of one field of a segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from plugins.hl7.datatypes.coded import coded
from plugins.hl7.datatypes.parts import fault_of, reads_first

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment

    Convert = Callable[["Repetition", Draft], Any]
    """A datatype's converter: a FHIR value, a list of them for one place, or None when it cannot be read."""
    Read = Callable[[Draft, Segment, Targets], bool]
    """Reads a field as a whole; False when it cannot be read, and then it is kept."""


class Path(NamedTuple):
    """``Encounter.hospitalization.dischargeDisposition``, taken apart once."""

    kind: str
    parents: tuple[str, ...]
    leaf: str
    many: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a segment: its number, its name in the standard, and what becomes of it."""

    field: int
    name: str
    fate: Literal["mapped", "kept", "ignored"]
    detail: str
    """FHIR paths, a ``value[x]``, or the reason."""
    paths: tuple[Path, ...] = ()
    convert: Convert | None = None
    read: Read | None = None
    first: bool = False
    """Whether only the first leaf is read, so that whatever else is written must be kept."""
    codes: str = ""
    """The map its codes are looked up in; several with blanks between, the one that counts first."""

    @property
    def fault(self) -> str:
        """Why a value is kept that should have been read; empty where its datatype tells no more."""
        found = fault_of(self.read or self.convert)
        return f": {found}" if found else ""

    @property
    def erases(self) -> bool:
        """Whether ``""`` has an element to delete."""
        return any(path.leaf != "extension" for path in self.paths)


def maps(at: int, name: str, path: str, convert: Convert) -> Row:
    """Goes to FHIR paths (``Patient.name[]``, several with blanks between) by a datatype's converter."""
    paths = tuple(map(_path, path.split()))
    detail, first = path.replace("[]", ""), reads_first(convert)
    return Row(at, name, "mapped", detail, paths, convert, first=first, codes=_map(convert))


def reads(at: int, name: str, path: str, read: Read, *, also: str = "", codes: str = "") -> Row:  # noqa: PLR0913 - a row is a line of a table
    """The field's first leaf goes to a FHIR path by a function of its own, which sees the whole segment.

    ``also`` names paths it may go to, but does not delete; ``codes`` the maps the function looks its codes up in.
    """
    return replace(takes(at, name, path, read, also=also, codes=codes), first=True)


def takes(at: int, name: str, path: str, read: Read, *, also: str = "", codes: str = "") -> Row:  # noqa: PLR0913 - a row is a line of a table
    """The same for the whole of a field, with every part and repetition of it."""
    whole_element = path.count(".") == 1 and path[0] != "*" and "[" not in path
    paths = (_path(path),) if whole_element else ()
    return Row(at, name, "mapped", f"{path} {also}".rstrip(), paths, read=read, codes=codes)


def keeps(at: int, name: str, value: str = "", convert: Convert | None = None, *, codes: str = "") -> Row:
    """Kept as it came, or as a ``value[x]`` where a datatype tells more than the text."""
    return Row(at, name, "kept", value, convert=convert, first=reads_first(convert), codes=codes or _map(convert))


def ignores(at: int, name: str, reason: str) -> Row:
    return Row(at, name, "ignored", reason)


def _map(convert: Convert | None) -> str:
    found = coded(convert)
    return found.map if found else ""


def _path(text: str) -> Path:
    kind, *parents, leaf = text.split(".")
    return Path(kind, tuple(parents), leaf.removesuffix("[]"), leaf.endswith("[]"))


def _nothing(draft: Draft, segment: Segment, targets: Targets) -> None:
    del draft, segment, targets


@dataclass(frozen=True)
class Room:
    """Where the fields of one kind of segment live.

    ``opens`` names the resources the segment is about, the first being where kept fields go; ``closes`` sees to what
    depends on several fields, and to elements FHIR demands.
    """

    segment: str
    name: str
    rows: tuple[Row, ...]
    opens: Callable[[Draft, Segment], Targets]
    closes: Callable[[Draft, Segment, Targets], None] = _nothing
    each: tuple[int, ...] | None = None
    """Fields that differ from one segment to the next, or look at more than themselves. What the others come to is
    kept for segments written alike; none is, without such a list."""
    by_event: bool = False
    """Whether the kind of message has a say in what the others come to."""
    by_field: dict[int, Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {row.field: row for row in self.rows})

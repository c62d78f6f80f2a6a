"""The rows of a room, each saying what becomes of one field, and the engine that reads a segment by them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from plugins.hl7.datatypes.parts import EXTENSION, leftovers
from plugins.hl7.lexer import NULL

if TYPE_CHECKING:
    from hub.model import Json
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


def maps(at: int, name: str, path: str, convert: Convert) -> Row:
    """Goes to FHIR paths (``Patient.name[]``, several with blanks between) by a datatype's converter."""
    return Row(at, name, "mapped", path.replace("[]", ""), tuple(map(_path, path.split())), convert)


def reads(at: int, name: str, path: str, read: Read) -> Row:
    """Goes to FHIR paths by a function of its own, which sees the whole segment."""
    erasable = () if path.startswith("*") or "[" in path else (_path(path),)
    return Row(at, name, "mapped", path, erasable, read=read)


def keeps(at: int, name: str, value: str = "", convert: Convert | None = None) -> Row:
    """Kept as it came, or as a ``value[x]`` where a datatype tells more than the text."""
    return Row(at, name, "kept", value, convert=convert)


def ignores(at: int, name: str, reason: str) -> Row:
    return Row(at, name, "ignored", reason)


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
    by_field: dict[int, Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {row.field: row for row in self.rows})


def enter(room: Room, segment: Segment, draft: Draft) -> None:
    """Reads a segment: opens its resources, lets each field that says something go its way, closes."""
    targets = room.opens(draft, segment)
    fill(room, segment, draft, targets)
    room.closes(draft, segment, targets)


def fill(room: Room, segment: Segment, draft: Draft, targets: Targets) -> None:
    rows = room.by_field
    for at, raw in enumerate(segment.raws):
        if not raw or not at:
            continue
        row = rows.get(at)
        if row is None:
            keep(segment, at, "", draft, targets)
        elif row.read is not None:
            _read(row, segment, draft, targets)
        elif row.convert is not None and row.paths:
            _map(row, segment, draft, targets)
        elif row.fate == "kept":
            keep(segment, at, row.name, draft, targets, row)
        else:
            draft.tell(segment, at, 0, row.name, raw, "ignored", row.detail)


def _map(row: Row, segment: Segment, draft: Draft, targets: Targets) -> None:
    raw = segment.raw(row.field)
    if raw == NULL:
        _delete(row, segment, draft, targets)
        return
    found = segment.repetitions(row.field)
    for number, rep in enumerate(found, 1):
        value = None if rep.raw == NULL else row.convert(rep, draft)  # type: ignore[misc]  # _map is for rows with one
        occurrence = number if len(found) > 1 else 0
        if value is None or value == [] or not _put_all(row.paths, value, draft, targets):
            _keep_text(rep, segment, row.field, draft, targets)
            draft.tell(segment, row.field, occurrence, row.name, rep.raw, "kept", _kept_at(segment, row.field, targets))
        else:
            draft.tell(segment, row.field, occurrence, row.name, rep.raw, "mapped", row.detail)


def _delete(row: Row, segment: Segment, draft: Draft, targets: Targets) -> None:
    """``""`` deletes, unless another field has just filled the same element."""
    deleted = [path for path in row.paths if not path.parents and not _body(path, draft, targets).get(path.leaf)]
    for path in deleted:
        _body(path, draft, targets)[path.leaf] = None
    for path in row.paths:
        if path.parents:
            _put(path, None, draft, targets)
    done = deleted or any(path.parents for path in row.paths)
    fate, detail = ("mapped", row.detail) if done else ("ignored", "another field fills the same element")
    draft.tell(segment, row.field, 0, row.name, NULL, fate, detail)


def _read(row: Row, segment: Segment, draft: Draft, targets: Targets) -> None:
    if segment.raw(row.field) == NULL and row.paths and row.paths[0].kind in targets and not row.paths[0].parents:
        _delete(row, segment, draft, targets)
    elif row.read is not None and row.read(draft, segment, targets):
        draft.tell(segment, row.field, 0, row.name, segment.raw(row.field), "mapped", row.detail)
    else:
        keep(segment, row.field, row.name, draft, targets)


def keep(segment: Segment, at: int, name: str, draft: Draft, targets: Targets, row: Row | None = None) -> None:
    """Puts a field as it came into the resource of its segment."""
    found = segment.repetitions(at)
    for number, rep in enumerate(found, 1):
        value = row.convert(rep, draft) if row and row.convert else None
        if row and value:
            _extend(targets, {"url": f"{EXTENSION}{segment.name}-{at}", row.detail: value})
        else:
            _keep_text(rep, segment, at, draft, targets)
        occurrence = number if len(found) > 1 else 0
        draft.tell(segment, at, occurrence, name, rep.raw, "kept", _kept_at(segment, at, targets))


def _keep_text(rep: Repetition, segment: Segment, at: int, draft: Draft, targets: Targets) -> None:
    """A field as it came: its text, or the text of each of its parts."""
    url = f"{EXTENSION}{segment.name}-{at}"
    if draft.outer not in rep.raw and draft.inner not in rep.raw:
        if not rep.raw.isspace():
            _extend(targets, {"url": url, "valueString": rep.get()})
    elif leaves := leftovers(rep, draft, f"{segment.name}-{at}", {}):
        _extend(targets, {"url": url, "extension": leaves})


def _extend(targets: Targets, extension: Json) -> None:
    home = next(iter(targets.values()))
    known = home.get("extension")
    if known:
        known.append(extension)
    else:
        home["extension"] = [extension]


def _kept_at(segment: Segment, at: int, targets: Targets) -> str:
    return f"{next(iter(targets))}.extension({EXTENSION}{segment.name}-{at})"


def _put_all(paths: tuple[Path, ...], value: Any, draft: Draft, targets: Targets) -> bool:
    done = False
    for path in paths:
        if path.kind in targets or path.kind == "Patient":
            done = _put(path, value, draft, targets) or done
    return done


def _body(path: Path, draft: Draft, targets: Targets) -> Json:
    return targets[path.kind] if path.kind in targets else draft.patient


def _put(path: Path, value: Any, draft: Draft, targets: Targets) -> bool:
    """Sets an element, or adds to a list; False when the element already says something else."""
    body = _body(path, draft, targets)
    for parent in path.parents:
        inner = body.get(parent)
        if inner is None:
            inner = body[parent] = {}
        body = inner
    known = body.get(path.leaf)
    if path.many and value is not None:
        new = value if isinstance(value, list) else [value]
        if known:
            known.extend(one for one in new if one not in known)
        else:
            body[path.leaf] = list(new)
        return True
    if known is not None and known != value:
        return False
    body[path.leaf] = value
    return True

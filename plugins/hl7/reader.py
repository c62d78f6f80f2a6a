"""Reads one segment by the rows of its room: the small engine under every mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub import Unmapped
from plugins.hl7.alike import ALIKE, LONGEST, UNIQUE, Meaning
from plugins.hl7.datatypes.coded import unknown
from plugins.hl7.datatypes.parts import EXTENSION, leftovers
from plugins.hl7.draft import Traced
from plugins.hl7.lexer import NULL
from plugins.hl7.rows import keeps
from plugins.hl7.whereabouts import found_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub import Json
    from plugins.hl7.draft import Draft, Fate, Targets
    from plugins.hl7.lexer import Repetition, Segment
    from plugins.hl7.rows import Path, Read, Room, Row

_MANY = 100
"""Beyond so many values of an element, comparing each with all costs more than saying one twice."""


def enter(room: Room, segment: Segment, draft: Draft) -> None:
    """Opens the resources a segment is about, lets each field that says something go its way, closes."""
    if draft.trace is not None:
        _enter_traced(room, segment, draft, draft.trace)
        return
    targets = room.opens(draft, segment)
    reader = _Reader(draft, segment, targets)
    if room.each is None or not reader.recall(room, room.each):
        reader.read(room)
    room.closes(draft, segment, targets)


def _enter_traced(room: Room, segment: Segment, draft: Draft, trace: list[Traced]) -> None:
    """The same, and what is told of each field is where it is found when the segment has been read."""
    before, told = set(draft.resources), len(trace)
    targets = room.opens(draft, segment)
    _Reader(draft, segment, targets).read(room)
    room.closes(draft, segment, targets)
    bodies = {"Patient": [draft.patient], **{kind: [body] for kind, body in targets.items()}}
    for (kind, key), body in draft.resources.items():
        if (kind, key) not in before and kind not in targets:
            bodies.setdefault(kind, []).append(body)
    if visit := draft.resources.get(("Encounter", draft.visit)):
        bodies.setdefault("Encounter", [visit])
    trace[told:] = [found_at(one, bodies, next(iter(targets))) for one in trace[told:]]


def passed_over(room: Room, segment: Segment, msgid: str) -> Iterator[Traced]:
    """What becomes of the fields of a segment of which nothing is used, and why; MSH is never used."""
    for at, raw in enumerate(segment.raws):
        if raw and at:
            row = room.by_field.get(at) or keeps(at, "")
            reason = row.detail if segment.name == "MSH" and row.fate == "ignored" else msgid
            yield Traced(segment, at, 0, row.name, raw, "ignored", reason)


class _Reader:
    """One segment on its way into its resources."""

    __slots__ = ("draft", "segment", "targets", "traces")

    def __init__(self, draft: Draft, segment: Segment, targets: Targets) -> None:
        self.draft = draft
        self.segment = segment
        self.targets = targets
        self.traces = draft.trace is not None

    def recall(self, room: Room, each: tuple[int, ...]) -> bool:
        """Reads by what a segment written alike came to; False, with nothing done, where that cannot be."""
        raws, draft = self.segment.raws, self.draft
        written, special = raws.copy(), []
        for at in each:
            if at < len(raws) and raws[at]:
                special.append(at)
                written[at] = ""
        text = "\r".join(written)
        if len(text) > LONGEST:
            return False
        key = (draft.way, " ".join((room.segment, *self.targets)), text, draft.event.name if room.by_event else "")
        meaning = ALIKE.get(key)
        if meaning is None:
            meaning = self._worked_out(room, written)
            ALIKE.keep(key, meaning)
        if meaning is UNIQUE or not self._repeat(meaning):
            return False
        if meaning.directory and key not in draft.told:
            draft.told.add(key)
            for kind, number, body in meaning.told():
                draft.directory(kind, number, body)
        for at in special:
            self._field(room.by_field.get(at) or keeps(at, ""), raws[at])
        return True

    def _repeat(self, meaning: Meaning) -> bool:
        """Says the same of the resources at hand; False where they say something else already."""
        said = meaning.said()
        for kind, members in said.items():
            body = self.targets[kind]
            if not members.keys().isdisjoint(body.keys() - {"extension"}):
                return False
        for kind, members in said.items():
            body = self.targets[kind]
            if "extension" in members and "extension" in body:
                members["extension"] = body["extension"] + members["extension"]
            body.update(members)
        return True

    def _worked_out(self, room: Room, written: list[str]) -> Meaning:
        """What fields come to in resources of nobody."""
        draft, segment, targets = self.draft, self.segment, self.targets
        before = draft.resources, draft.mentioned, draft.patient, draft.unmapped
        draft.resources, draft.mentioned, draft.patient, draft.unmapped = {}, set(), {}, {}
        self.targets, self.segment = {kind: {} for kind in targets}, segment.rewritten(written)
        try:
            self.read(room)
            if draft.patient or draft.unmapped or draft.resources.keys() - draft.mentioned:
                return UNIQUE
            directory = [(kind, number, body) for (kind, number), body in draft.resources.items()]
            return Meaning.of(self.targets, directory)
        finally:
            draft.resources, draft.mentioned, draft.patient, draft.unmapped = before
            self.targets, self.segment = targets, segment

    def read(self, room: Room) -> None:
        rows = room.by_field
        for at, raw in enumerate(self.segment.raws):
            if raw and at:
                self._field(rows.get(at) or keeps(at, ""), raw)

    def _field(self, row: Row, raw: str) -> None:
        between = self.draft.between
        if raw[0] == between and not raw.strip(between):
            self._tell(row, raw, "ignored", "nothing between the separators")
        elif row.fate == "mapped":
            if raw == NULL and row.erases:
                self._delete(row)
            elif row.read is not None:
                self._read_whole(row, row.read, raw)
            else:
                self._map(row, raw)
        elif row.fate == "kept":
            self._keep(row)
        elif self.traces:
            self._tell(row, raw, "ignored", row.detail)

    def _read_whole(self, row: Row, read: Read, raw: str) -> None:
        if not read(self.draft, self.segment, self.targets):
            self._keep(row)
            return
        if row.first and not raw.isalnum():
            self._keep_others(row.field)
        if self.traces:
            self._tell(row, raw, "mapped", row.detail + self.draft.remark)
            self.draft.remark = ""

    def _map(self, row: Row, raw: str) -> None:
        found = self.segment.repetitions(row.field)
        if self.draft.between not in raw:
            self._map_one(row, found[0], 0)
            return
        for number, rep in enumerate(found, 1):
            self._map_one(row, rep, number if len(found) > 1 else 0)

    def _map_one(self, row: Row, rep: Repetition, occurrence: int) -> None:
        value = row.convert(rep, self.draft) if row.convert and rep.raw != NULL else None
        if row.codes and type(value) is not str and row.codes in self.draft.habits.asked:
            self._ask(row, rep)
            if value is None:
                self._forget(row)
        if value is None or value == [] or not self._put_all(row.paths, value):
            self._keep_text(rep, row.field)
            self._tell(row, rep.raw, "kept", self._home(row, read=bool(value)), occurrence)
            return
        if row.first and not rep.raw.isalnum():
            self._keep_rest(rep, row.field)
        if self.traces:
            self._tell(row, rep.raw, "mapped", row.detail, occurrence)

    def _keep(self, row: Row) -> None:
        """Puts a field as it came into the resource of its segment."""
        found = self.segment.repetitions(row.field)
        for number, rep in enumerate(found, 1):
            value = self._typed(row, rep)
            if row.read is None and row.codes in self.draft.habits.asked:
                self._ask(row, rep)
            if value:
                self._extend({"url": self._url(row.field), row.detail: value})
            else:
                self._keep_text(rep, row.field)
            self._tell(row, rep.raw, "kept", self._home(row, read=bool(value)), number if len(found) > 1 else 0)

    def _forget(self, row: Row) -> None:
        """What an earlier code meant is no longer what the sender says."""
        for path in row.paths:
            if path.kind in self.targets and self._known(path) is None:
                self._put(path, None)

    def _ask(self, row: Row, rep: Repetition) -> None:
        """Notes a code that the map in force for its field does not know."""
        if rep.raw not in self.draft.table(row.codes) and (found := unknown(rep, self.draft, row.codes)):
            code, system, display = found
            self.draft.ask(Unmapped(row.codes, code, system, display, f"{self.segment.name}-{row.field}"))

    def _typed(self, row: Row, rep: Repetition) -> Any:
        """The value its datatype tells more with; None where that would lose a part."""
        if row.convert is None or row.fate != "kept" or rep.raw == NULL or (row.first and self._has_parts(rep)):
            return None
        return row.convert(rep, self.draft)

    def _keep_others(self, at: int) -> None:
        """What stands in a field besides its first leaf."""
        first, *others = self.segment.repetitions(at)
        self._keep_rest(first, at)
        for rep in others:
            self._keep_text(rep, at)

    def _keep_rest(self, rep: Repetition, at: int) -> None:
        if self._has_parts(rep) and (rest := leftovers(rep, self.draft, f"{self.segment.name}-{at}", {1: 1})):
            self._extend({"url": self._url(at), "extension": rest})

    def _has_parts(self, rep: Repetition) -> bool:
        raw = rep.raw
        return not raw.isalnum() and (self.draft.outer in raw or self.draft.inner in raw)

    def _delete(self, row: Row) -> None:
        """``""`` deletes, unless another field has just filled the same element."""
        paths = [path for path in row.paths if path.kind in self.targets]
        filled = [path for path in paths if self._known(path)]
        for path in paths:
            if path not in filled:
                self._put(path, None)
        if paths and not filled:
            self._tell(row, NULL, "mapped", row.detail)
        else:
            self._tell(row, NULL, "ignored", "another field fills the same element")

    def _put_all(self, paths: tuple[Path, ...], value: Any) -> bool:
        """Whether the value found its place in each resource the segment is about."""
        homes = refusals = 0
        for path in paths:
            kind = path[0]
            if kind in self.targets or kind == "Patient":
                homes += 1
                refusals += not self._put(path, value)
        return homes > 0 and not refusals

    def _known(self, path: Path) -> Any:
        element: Any = self.targets.get(path.kind, self.draft.patient)
        for name in (*path.parents, path.leaf):
            element = (element or {}).get(name)
        return element

    def _put(self, path: Path, value: Any) -> bool:
        """Sets an element, or adds to a list; False when the element already says something else."""
        kind, parents, leaf, many = path
        body: Json = self.targets.get(kind, self.draft.patient)
        for parent in parents:
            inner = body.get(parent)
            if inner is None:
                inner = body[parent] = {}
            body = inner
        known = body.get(leaf)
        if many and value is not None:
            new = value if isinstance(value, list) else (value,)
            if known:
                known.extend(one for one in new if len(known) > _MANY or one not in known)
            else:
                body[leaf] = list(new)
            return True
        if known is not None and known != value:
            return False
        body[leaf] = value
        return True

    def _keep_text(self, rep: Repetition, at: int) -> None:
        """A field as it came: its text, or the text of each of its parts."""
        if not self._has_parts(rep):
            if not rep.raw.isspace():
                self._extend({"url": self._url(at), "valueString": rep.get()})
        elif leaves := leftovers(rep, self.draft, f"{self.segment.name}-{at}", {}):
            self._extend({"url": self._url(at), "extension": leaves})

    def _extend(self, extension: Json) -> None:
        home = next(iter(self.targets.values()))
        known = home.get("extension")
        if known:
            known.append(extension)
        else:
            home["extension"] = [extension]

    def _url(self, at: int) -> str:
        return f"{EXTENSION}{self.segment.name}-{at}"

    def _home(self, row: Row, *, read: bool) -> str:
        return f"{next(iter(self.targets))}.extension({self._url(row.field)})" + ("" if read else row.fault)

    def _tell(self, row: Row, value: str, fate: Fate, detail: str, occurrence: int = 0) -> None:
        if self.draft.trace is not None:
            self.draft.trace.append(Traced(self.segment, row.field, occurrence, row.name, value, fate, detail))

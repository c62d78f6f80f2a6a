"""Code maps as FHIR R4 ConceptMaps, and back; what one of them says the other says too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from hub.codes.files import RELATIONS, Entry
from hub.errors import Refused
from hub.model import Json

UNMATCHED = "unmatched"


def to_concept_map(name: str, feed: str, entries: Sequence[Entry]) -> Json:
    """The rows keep their order, so that a pair of systems may have several groups."""
    return {
        "resourceType": "ConceptMap",
        "url": f"urn:hub:codes:{feed}:{name}" if feed else f"urn:hub:codes:{name}",
        "name": name,
        "status": "active",
        "group": [
            {**({"source": source} if source else {}), **({"target": target} if target else {}), "element": elements}
            for (source, target), elements in _groups(entries)
        ],
    }


def _groups(entries: Sequence[Entry]) -> Iterator[tuple[tuple[str, str], list[Json]]]:
    for systems, rows in groupby(entries, lambda entry: (entry.system, entry.standard_system)):
        yield systems, [_element(entry) for entry in rows]


def from_concept_map(body: Json) -> list[Entry]:
    """Raises ``Refused`` for what a code map cannot say: it has one standard code for each code, and never guesses."""
    if not isinstance(body, dict) or body.get("resourceType") != "ConceptMap":
        raise Refused("this is no ConceptMap")
    return [entry for group in body.get("group") or () for entry in _entries(group)]


def _element(entry: Entry) -> Json:
    target: Json = {"equivalence": entry.relation or "equivalent"}
    if entry.standard_code:
        target |= {"code": entry.standard_code} | (
            {"display": entry.standard_display} if entry.standard_display else {}
        )
    else:
        target = {"equivalence": UNMATCHED}
    if entry.note:
        target["comment"] = entry.note
    return {"code": entry.code, **({"display": entry.display} if entry.display else {}), "target": [target]}


def _entries(group: Json) -> Iterator[Entry]:
    if (group.get("unmapped") or {}).get("mode") in {"fixed", "other-map"}:
        raise Refused("the ConceptMap guesses codes that it does not list; a code map cannot")
    for element in group.get("element") or ():
        yield _entry(group, element)


def _entry(group: Json, element: Json) -> Entry:
    code, targets = element.get("code") or "", element.get("target") or []
    if len(targets) != 1:
        raise Refused("the code {code} leads to {count} codes; a code map needs exactly one", code=code[:40],
                      count=len(targets))  # fmt: skip
    target: dict[str, Any] = targets[0]
    relation = target.get("equivalence") or ""
    kept = relation == UNMATCHED
    if not kept and relation not in RELATIONS:
        raise Refused("{given} is not known; write one of {choices}", given=relation[:40],
                      choices=", ".join((*RELATIONS, UNMATCHED)))  # fmt: skip
    return Entry(
        code=code,
        system=group.get("source") or "",
        display=element.get("display") or "",
        standard_code="" if kept else target.get("code") or "",
        standard_system="" if kept else group.get("target") or "",
        standard_display="" if kept else target.get("display") or "",
        relation="" if kept or relation == "equivalent" else relation,
        note=target.get("comment") or ("kept as it is" if kept else ""),
    )

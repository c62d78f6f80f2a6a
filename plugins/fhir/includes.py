"""What a page of matches brings along: ``_include`` what they refer to, ``_revinclude`` what refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub import SEARCH_PARAMETERS, Parameter, Stored, View, decode_json, references_in
from plugins.fhir.asking import Asked
from plugins.fhir.faults import Fault
from plugins.fhir.provenance import PROVENANCE, provenance_of

MOST = 1_000
"""For one page."""


@dataclass(frozen=True, slots=True)
class Include:
    """One ``_include`` or ``_revinclude``; ``parameter`` is none for Provenance, which is made, not stored."""

    parameter: Parameter | None
    target: str
    back: bool


def include_of(asked: Asked, name: str, raw: str) -> Include:
    """Raises 400 for what is no reference, 403 for types this client may not see."""
    source, _, rest = raw.partition(":")
    parameter_name, _, target = rest.partition(":")
    back = name == "_revinclude"
    if not back and source != asked.type:
        raise Fault(400, "_include starts at the type searched for: {type}", place=name, type=asked.type)
    if back and not asked.client.may("s", source):
        raise Fault(403, "your token does not cover this type", place=name)
    if target and not asked.client.may("r", target):
        raise Fault(403, "your token does not cover this type", place=name)
    if back and (source, parameter_name) == (PROVENANCE, "target"):
        return Include(None, target, back)
    parameter = SEARCH_PARAMETERS.get(source, {}).get(parameter_name)
    if (
        parameter is None
        or parameter.kind not in ("reference", "person")
        or (target and target not in SEARCH_PARAMETERS)
    ):
        shown = raw[:80]
        raise Fault(400, "{name} does not know {value}", place=name, code="not-supported", name=name, value=shown)
    return Include(parameter, target, back)


def included(
    view: View, asked: Asked, matches: Sequence[Stored], includes: Iterable[Include]
) -> tuple[list[Stored], bool]:
    """Each once, no match among them; and whether there was more than a page may hold."""
    found: dict[str, Stored] = {}
    for include in includes:
        for row in _of(view, asked, matches, include):
            found.setdefault(row.reference, row)
    for row in matches:
        found.pop(row.reference, None)
    rows = [row for row in found.values() if asked.client.may("r", row.type)]
    return rows[:MOST], len(rows) > MOST


def _of(view: View, asked: Asked, matches: Sequence[Stored], include: Include) -> Iterable[Stored]:
    if include.parameter is None:
        return (provenance_of(origin) for origin in view.origins((row.reference for row in matches), MOST + 1))
    if include.back:
        rows = view.referring(include.parameter, matches, MOST + 1)
        return rows if not include.target or include.target == asked.type else ()
    return view.named(reference for row in matches for reference in _targets(row, include))


def _targets(row: Stored, include: Include) -> Iterable[str]:
    parameter = include.parameter
    if parameter is None:
        return ()
    if parameter.kind == "person":
        found = {f"Patient/{row.person}"} if row.person else set()
    else:
        found = references_in(decode_json(row.body), parameter)
    return (reference for reference in found if include.target in ("", reference.partition("/")[0]))

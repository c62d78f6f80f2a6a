"""IAR, a reaction to what the IAM before it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.parts import default, listed
from plugins.hl7.keeping import CONCEPT
from plugins.hl7.rows import Room, keeps, takes

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    if "AllergyIntolerance" not in draft.under:
        return draft.home()
    listed(draft.under["AllergyIntolerance"], "reaction").append({})
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del draft, segment
    if reaction := _reaction(targets):
        default(reaction, "manifestation", [{"text": "unknown"}])
    elif "AllergyIntolerance" in targets:
        targets["AllergyIntolerance"]["reaction"].pop()


def _reaction(targets: Targets) -> Json:
    """The one being read; nothing where no allergy is."""
    found: list[Json] = targets.get("AllergyIntolerance", {}).get("reaction") or [{}]
    return found[-1]


def _sign(draft: Draft, segment: Segment, targets: Targets) -> bool:
    signs = [one for rep in segment.repetitions(1) if (one := concept(rep, draft))]
    if "AllergyIntolerance" not in targets or not signs:
        return False
    _reaction(targets)["manifestation"] = signs
    return True


def _severe(draft: Draft, segment: Segment, targets: Targets) -> bool:
    known = draft.standard("severity", segment, 2)
    if "AllergyIntolerance" not in targets or known is None:
        return False
    _reaction(targets)["severity"] = known.code
    return not segment.get(2, 2) or segment.get(2, 2).strip().casefold() == known.code


def _managed(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IAR-4: what was done about it, in words."""
    del draft
    words = segment.get(4).strip()
    if "AllergyIntolerance" not in targets or not words:
        return False
    listed(_reaction(targets), "note").append({"text": words})
    return True


ROOM = Room(
    "IAR",
    "Allergy Reaction",
    (
        takes(1, "Allergy Reaction Code", "AllergyIntolerance.reaction.manifestation", _sign),
        takes(2, "Allergy Severity Code", "AllergyIntolerance.reaction.severity", _severe, codes="severity"),
        keeps(3, "Sensitivity to Causative Agent Code", *CONCEPT),
        takes(4, "Management", "AllergyIntolerance.reaction.note", _managed),
    ),
    _open,
    _close,
)

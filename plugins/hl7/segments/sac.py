"""SAC, the container a specimen is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import authority_system, entity
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.keeping import CONCEPT, ENTITY, MOMENT, NUMBER, QUANTITY
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import supply, with_number

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """A container of the specimen before it; without one the specimen is known by its container."""
    if not draft.specimen:
        at = next((at for at in (3, 2, 1, 4) if segment.get(at)), 1)
        authority = authority_system(draft, *(segment.get(at, level) for level in (2, 3, 4)))
        draft.specimen = f"{authority}|{segment.get(at) or draft.key}"
        body = draft.add_from("SAC", "Specimen", draft.specimen)
        body["subject"] = draft.subject
    specimen = draft.resources["Specimen", draft.specimen]
    draft.under = {"Specimen": specimen}
    known = specimen.get("container") or []
    mine = next((one for one in known if "identifier" not in one), None)
    return {"Container": {} if mine is None else mine, "Specimen": specimen}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del draft, segment
    container, held = targets["Container"], listed(targets["Specimen"], "container")
    if container and not any(one is container for one in held):
        held.append(container)
    if not held:
        del targets["Specimen"]["container"]


ROOM = Room(
    "SAC",
    "Specimen Container Detail",
    (
        maps(1, "External Accession Identifier", "Specimen.identifier[]", entity),
        maps(2, "Accession Identifier", "Specimen.accessionIdentifier", entity),
        maps(3, "Container Identifier", "Container.identifier[]", entity),
        keeps(4, "Primary Parent Container Identifier", *ENTITY),
        keeps(5, "Equipment Container Identifier", *ENTITY),
        keeps(6, "Specimen Source"),
        keeps(7, "Registration Date/Time", *MOMENT),
        keeps(8, "Container Status", *CONCEPT),
        keeps(9, "Carrier Type", *CONCEPT),
        keeps(10, "Carrier Identifier", *ENTITY),
        keeps(11, "Position in Carrier"),
        keeps(12, "Tray Type SAC", *CONCEPT),
        keeps(13, "Tray Identifier", *ENTITY),
        keeps(14, "Position in Tray"),
        keeps(15, "Location", *CONCEPT),
        keeps(16, "Container Height", *NUMBER),
        keeps(17, "Container Diameter", *NUMBER),
        keeps(18, "Barrier Delta", *NUMBER),
        keeps(19, "Bottom Delta", *NUMBER),
        keeps(20, "Container Height/Diameter/Delta Units", *CONCEPT),
        reads(21, "Container Volume", "Container.capacity", supply("capacity", "", 21, 24)),
        keeps(22, "Available Specimen Volume", *NUMBER),
        reads(23, "Initial Specimen Volume", "Container.specimenQuantity", supply("specimenQuantity", "", 23, 24)),
        takes(24, "Volume Units", "Container.capacity", with_number(21)),
        keeps(25, "Separator Type", *CONCEPT),
        keeps(26, "Cap Type", *CONCEPT),
        maps(27, "Additive", "Container.additiveCodeableConcept", concept),
        keeps(28, "Specimen Component", *CONCEPT),
        keeps(29, "Dilution Factor"),
        keeps(30, "Treatment", *CONCEPT),
        keeps(31, "Temperature"),
        keeps(32, "Hemolysis Index", *NUMBER),
        keeps(33, "Hemolysis Index Units", *CONCEPT),
        keeps(34, "Lipemia Index", *NUMBER),
        keeps(35, "Lipemia Index Units", *CONCEPT),
        keeps(36, "Icterus Index", *NUMBER),
        keeps(37, "Icterus Index Units", *CONCEPT),
        keeps(38, "Fibrin Index", *NUMBER),
        keeps(39, "Fibrin Index Units", *CONCEPT),
        keeps(40, "System Induced Contaminants", *CONCEPT),
        keeps(41, "Drug Interference", *CONCEPT),
        keeps(42, "Artificial Blood", *CONCEPT),
        keeps(43, "Special Handling Code", *CONCEPT),
        keeps(44, "Other Environmental Factors", *CONCEPT),
        keeps(45, "Container Length", *QUANTITY),
        keeps(46, "Container Width", *QUANTITY),
        keeps(47, "Container Form", *CONCEPT),
        keeps(48, "Container Material", *CONCEPT),
        keeps(49, "Container Common Name", *CONCEPT),
    ),
    _open,
    _close,
)

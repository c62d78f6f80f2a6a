"""What goes with a resource when it turns out to be another person's: pure, over a handful of resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.records.references import targets
from hub.records.stored import Stored

OF_THEIR_OWN = frozenset(("Account", "Coverage", "Encounter", "EpisodeOfCare", "Patient", "RelatedPerson"))
"""Go along only when they name the resource itself."""
PARTS = frozenset(("Binary", "Media", "Observation", "Specimen"))
"""Go along with what names them, if nothing else does."""


@dataclass(frozen=True, slots=True)
class _Node:
    stored: Stored
    names: frozenset[str]

    @property
    def reference(self) -> str:
        return f"{self.stored.type}/{self.stored.id}"

    @property
    def visits(self) -> frozenset[str]:
        return frozenset(name for name in self.names if name.startswith("Encounter/"))


def belonging(key: str, resources: Iterable[Stored]) -> list[Stored]:
    """Of ``resources``, what refers to ``key`` (``Type/<id>``), itself or through others, and their parts.

    What names another visit stays with that.
    """
    nodes = [_Node(stored, targets(stored.body)) for stored in resources]
    going = {key}
    while more := [node for node in nodes if node.reference not in going and _goes(node, key, going, nodes)]:
        going.update(node.reference for node in more)
    return [node.stored for node in nodes if node.reference in going]


def _goes(node: _Node, key: str, going: set[str], nodes: Sequence[_Node]) -> bool:
    if key in node.names:
        return node.stored.type != "Patient"
    if node.stored.type in OF_THEIR_OWN or not node.visits <= going:
        return False
    return bool(node.names & going) or (node.stored.type in PARTS and _only_theirs(node.reference, going, nodes))


def _only_theirs(reference: str, going: set[str], nodes: Sequence[_Node]) -> bool:
    naming = [other.reference for other in nodes if reference in other.names]
    return bool(naming) and going.issuperset(naming)

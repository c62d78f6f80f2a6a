"""Whether two descriptions that share a number can be of one person."""

from __future__ import annotations

from dataclasses import dataclass

from hub.identity.normalise import Patient, id_numbers, names

RULE, VERSION = "same number, same name", 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """Names of elements only: what agreed and what did not is evidence, what it said is not repeated."""

    agreed: tuple[str, ...]
    contradicted: tuple[str, ...]

    @property
    def same(self) -> bool:
        """The name is the same, and nothing that both know differs."""
        return "name" in self.agreed and not self.contradicted

    def evidence(self, system: str) -> dict[str, object]:
        return {"rule": RULE, "version": VERSION, "system": system, "agreed": self.agreed}


def compare(one: Patient, other: Patient) -> Agreement:
    findings = {
        "name": _overlap(names(one), names(other)),
        "birthDate": _same_date(one.get("birthDate"), other.get("birthDate")),
        "gender": _same_sex(one.get("gender"), other.get("gender")),
        "identifier": _overlap(id_numbers(one), id_numbers(other)),
    }
    return Agreement(
        tuple(element for element, same in findings.items() if same),
        tuple(element for element, same in findings.items() if same is False),
    )


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool | None:
    """None when either knows nothing."""
    return bool(one & other) if one and other else None


def _same_date(one: str | None, other: str | None) -> bool | None:
    """A year agrees with every day in it."""
    if not (one and other):
        return None
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _same_sex(one: str | None, other: str | None) -> bool | None:
    telling = {"male", "female"}
    return one == other if one in telling and other in telling else None

"""Whether two descriptions can be of one person: by the number they share, or by how alike they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from hub.identity.normalise import Description
from hub.identity.scoring import Comparison, Finding, Model, compare
from hub.identity.scoring.comparison import told
from hub.identity.scoring.levels import OTHER_GIVEN, WHOLE, is_name
from hub.model.person import ID_NUMBER_SYSTEM

BY_NUMBER, BY_LIKENESS = "same number, same name", "alike"
UNDER_NUMBER = "same number"
"""What it is called where more than the number is needed."""
VERSION = 2
ELEMENTS = {"name": "name", "birth": "birthDate", "sex": "gender", "id_number": "identifier", "order": "multipleBirth"}
"""What a field of a description is called in a Patient."""
TIES = {
    "phone": ("same", "one_edit"),
    "address": ("door", "door_alike"),
    "paper": ("same",),
    "mother": ("same_number", "same_name"),
}
_NEAR, _ONE_TOWN = ("village", "alike"), ("same", "same_alike", "alike")
RENAMED = OTHER_GIVEN - {"none", "no_word"}
"""Levels of the name of one who has been given another, or married."""
Number = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Names of elements, fields and levels only: what agreed and what did not is evidence, never what it said."""

    agreed: tuple[str, ...]
    contradicted: tuple[str, ...]
    comparison: Comparison | None = None
    """None where all that both know is simply equal."""
    enough: bool = True
    """The name agrees, or as much else as a name is worth."""

    @property
    def same(self) -> bool:
        """Enough for two that share a number."""
        return self.enough and not self.opposed

    @property
    def by_name_alone(self) -> bool:
        """Nothing but the name is another: whoever is known by that name too may have it."""
        return self.contradicted == ("name",) and not (self.comparison and self.comparison.vetoes)

    @property
    def opposed(self) -> bool:
        return self.opposed_beyond(())

    def opposed_beyond(self, borne_out: Collection[str]) -> bool:
        """By more than these elements, which another claim of the same person agrees in: that one was misspelt."""
        vetoed = self.comparison is not None and bool(self.comparison.vetoes)
        return vetoed or not set(self.contradicted) <= set(borne_out)

    @property
    def number_alone(self) -> bool:
        """Nothing contradicts, and one of the two has no name to agree."""
        return not self.opposed and self.comparison is not None and not self.comparison.level("name")

    def evidence(self, rule: str, model: Model, **more: object) -> dict[str, object]:
        named = UNDER_NUMBER if rule == BY_NUMBER and not self.same else rule
        said: dict[str, object] = {"rule": named, "version": VERSION, **more, "agreed": self.agreed}
        return said if self.comparison is None else said | evidence_of(self.comparison, model)


def clash(one: Description, other: Description, model: Model) -> bool:
    """They can be of no one person: two ID numbers, or a number that both have under what contradicts."""
    return persons_clash([one], [other], model)


def persons_clash(ours: Sequence[Description], others: Sequence[Description], model: Model) -> bool:
    """Claims of two persons can be of no one person.

    What one claim contradicts and another one bears out is no reason, nor another name of one who was renamed.
    """
    pairs = [(one, other) for one in ours for other in others]
    if any(one.id_numbers and other.id_numbers and not _one_number(one, other) for one, other in pairs):
        return True
    found = [agree(one, other, model) for one, other in pairs if numbers_of(one) & numbers_of(other)]
    borne_out = {element for each in found for element in each.agreed}
    opposed = [each for each in found if each.opposed_beyond(borne_out)]
    if not all(each.opposed_beyond({"name", *borne_out}) is False for each in opposed):
        return True
    return bool(opposed) and not any(
        _one_number(one, other) and is_renamed(one, ours, other, others, model) for one, other in pairs
    )


def _one_number(one: Description, other: Description) -> bool:
    return not set(one.id_numbers).isdisjoint(other.id_numbers)


def is_renamed(
    one: Description,
    ours: Iterable[Description],
    other: Description,
    others: Iterable[Description],
    model: Model,
) -> bool:
    """Nothing but the name is another, and with all that each one's person has told, something ties the two."""
    found = agree(_with_all(one, ours), _with_all(other, others), model)
    return not found.opposed and found.comparison is not None and is_tied(found.comparison.levels)


def _with_all(one: Description, of_person: Iterable[Description]) -> Description:
    """With the phones, doors and papers of other claims of the person."""
    all_ = (one, *of_person)
    return replace(
        one,
        phones=tuple(dict.fromkeys(phone for each in all_ for phone in each.phones)),
        addresses=tuple(dict.fromkeys(address for each in all_ for address in each.addresses)),
        papers=tuple(dict.fromkeys(paper for each in all_ for paper in each.papers)),
        mother=next((each.mother for each in all_ if each.mother is not None), None),
    )


def numbers_of(description: Description) -> frozenset[Number]:
    """Those that one person alone has."""
    return frozenset((*((ID_NUMBER_SYSTEM, number) for number in description.id_numbers), *description.papers))


def evidence_of(comparison: Comparison, model: Model) -> dict[str, object]:
    return {
        "model": model.version,
        "bits": round(comparison.bits, 1),
        "findings": [(found.field, found.level, round(found.bits, 1)) for found in comparison.findings],
        "vetoes": comparison.vetoes,
    }


def agree(one: Description, other: Description, model: Model) -> Agreement:
    """For two that share a number. What is misspelt, mistyped or less exact is no contradiction."""
    equal = {
        "name": _overlap(_names(one), _names(other)),
        "birthDate": _same_date(one.birth, other.birth),
        "gender": one.sex == other.sex if one.sex and other.sex else None,
        "identifier": _overlap(one.id_numbers, other.id_numbers),
    }
    agreed = tuple(element for element, same in equal.items() if same)
    if equal["name"] and False not in equal.values():
        return Agreement(agreed, ())
    comparison = compare(one, other, model)
    pair = _Pair(equal, comparison.levels, any(day in (one.birth, other.birth) for day in _told_by_both(one, other)))
    contradicted = tuple(
        element
        for field, element in ELEMENTS.items()
        if equal.get(element) is False and not pair.is_slip(field, _found(comparison, field))
    )
    named = bool(equal["name"] or is_name(comparison.level("name"))) and "name" not in contradicted
    enough = named or (not comparison.level("name") and comparison.bits >= model.thresholds.link)
    return Agreement(agreed, contradicted, comparison, enough)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two that share a number: what is simply equal, and the levels of what is not."""

    equal: Mapping[str, bool | None]
    levels: Mapping[str, str]
    told: bool
    """The ID number that both have tells the birth date of one of them: the other one's is the mistyped."""

    def is_slip(self, field: str, found: Finding | None) -> bool:
        """Nearly the same, a wrong sex or date where all else is right, another name of one who was renamed."""
        if field == "name":
            return found is not None and (is_name(found.level) or self._may_be_renamed(found))
        if field == "birth":
            return found is not None and (
                found.bits > 0 or (found.level == "two_edits" and self.told and self._named())
            )
        if field == "sex":
            tied = self.equal["birthDate"] is None and is_tied(self.levels)
            return self._named() and (tied or self._of_one_day())
        return found is not None and found.bits > 0 and field != "id_number"

    def _named(self) -> bool:
        return bool(self.equal["name"]) or self.levels.get("name") in WHOLE

    def _of_one_day(self) -> bool:
        """Or nearly."""
        return bool(self.equal["birthDate"]) or self.levels.get("birth", "other") not in ("other", "two_edits")

    def _may_be_renamed(self, name: Finding) -> bool:
        """No more than that: whether somebody else at home bears the name is for ``judge`` to say."""
        if self.equal["birthDate"] and name.bits > 0:
            return True
        known = self.levels.get("id_number") == "equal" and self._of_one_day() and self.levels.get("sex") != "other"
        near = self.levels.get("address") in _NEAR or self.levels.get("area") in _ONE_TOWN
        return known and name.level in RENAMED and (near or is_tied(self.levels))


def _found(comparison: Comparison, field: str) -> Finding | None:
    return next((each for each in comparison.findings if each.field == field), None)


def _told_by_both(one: Description, other: Description) -> list[str]:
    return [told(number) for number in one.id_numbers if number in other.id_numbers]


def is_tied(levels: Mapping[str, str]) -> bool:
    """By more than name, birth date, sex and ID number: a phone, a door, a paper, a mother."""
    return any(levels.get(field) in of for field, of in TIES.items())


def is_named_and_dated(levels: Mapping[str, str]) -> bool:
    """Name and birth date are one, however they were written."""
    return is_name(levels.get("name", "")) and levels.get("birth", "other") not in ("other", "two_edits")


def is_namesake_of_one_day(levels: Mapping[str, str]) -> bool:
    return levels.get("name") in WHOLE and levels.get("birth") == "exact" and levels.get("sex") != "other"


def is_a_digit_off(levels: Mapping[str, str]) -> bool:
    """Two sound ID numbers that differ in a digit, under one name and, where both tell it, nearly one birth date."""
    named = levels.get("name") in ("exact", "words_same")
    return named and levels.get("id_number") == "one_edit_valid" and levels.get("birth", "exact") != "other"


def negative(comparison: Comparison) -> tuple[str, ...]:
    """Elements that speak against the two being one person."""
    return tuple(ELEMENTS.get(found.field, found.field) for found in comparison.findings if found.bits < 0)


def is_namesake(one: Description, other: Description) -> bool:
    return bool(_overlap(_names(one), _names(other)))


def _names(of: Description) -> list[str]:
    """Whose child someone is, is not a name."""
    return [] if of.nameless else [name.text for name in of.names]


def _overlap(one: Collection[str], other: Collection[str]) -> bool | None:
    """None when either knows nothing."""
    return not set(one).isdisjoint(other) if one and other else None


def _same_date(one: str, other: str) -> bool | None:
    """A year agrees with every day in it."""
    if not (one and other):
        return None
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]

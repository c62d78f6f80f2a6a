"""Two descriptions beside each other: a level for each field, and what the levels are worth."""

from __future__ import annotations

from msgspec import Struct

from hub.identity.normalise import Description, Mother
from hub.identity.scoring import dates, household, idnumbers
from hub.identity.scoring.finding import Finding
from hub.identity.scoring.model import Model
from hub.identity.scoring.names import compare_names
from hub.identity.scoring.vetoes import vetoes_of

Pair = tuple[Description, Description]


class Comparison(Struct, frozen=True, gc=False):
    findings: tuple[Finding, ...]
    """Fields that both know."""
    vetoes: tuple[str, ...] = ()
    """What forbids joining by rule: ``two_id_numbers``, ``twin``, ``sex_of_newborn`` …"""
    prior: float = 0.0
    """Bits before anything was compared: how unlikely it is that two out of all people are one."""

    @property
    def bits(self) -> float:
        """Log2 of how much likelier the two are one person than two."""
        return self.prior + sum(found.bits for found in self.findings)

    @property
    def levels(self) -> dict[str, str]:
        return {found.field: found.level for found in self.findings}

    def level(self, field: str) -> str:
        """Empty where one of the two does not know the field."""
        return next((found.level for found in self.findings if found.field == field), "")


def compare(one: Description, other: Description, model: Model) -> Comparison:
    """The same whichever of the two comes first."""
    door, area = household.levels_of_addresses(one.addresses, other.addresses)
    number = _id_number(one, other, model)
    found = [
        number,
        _name(one, other, model),
        _after_number(_birth(one, other, model), number, (one, other), model),
        _levelled(model, "sex", _equal(one.sex, other.sex)),
        _levelled(model, "born_at", _equal(one.born_at, other.born_at)),
        _levelled(model, "paper", _papers(one, other)),
        _levelled(model, "order", _equal(one.order, other.order)),
        _levelled(model, "area", area),
    ]
    home = [
        _levelled(model, "phone", household.level_of_phones(one.phones, other.phones)),
        _levelled(model, "address", door),
        _mother(one.mother, other.mother, model),
    ]
    findings = tuple(finding for finding in (*found, *home, _once(home, model)) if finding is not None)
    return Comparison(findings, vetoes_of(one, other, {each.field: each.level for each in findings}), model.prior)


def _levelled(model: Model, field: str, level: str) -> Finding | None:
    return model.found[field][level] if level else None


def _equal(one: object, other: object) -> str:
    if not (one and other):
        return ""
    return "same" if one == other else "other"


def _id_number(one: Description, other: Description, model: Model) -> Finding | None:
    return _levelled(model, "id_number", idnumbers.level_of(one, other))


def _name(one: Description, other: Description, model: Model) -> Finding | None:
    """Whose child someone is, is not a name."""
    return None if one.nameless or other.nameless else compare_names(one.names, other.names, model)


def _birth(one: Description, other: Description, model: Model) -> Finding | None:
    """Where a sender gives none, its ID number tells it: not beside another ID number, which is compared itself."""
    mine, theirs = one.birth, other.birth
    if not (mine and theirs):
        if one.id_numbers and other.id_numbers:
            return None
        mine, theirs = mine or _told_by(one), theirs or _told_by(other)
    if not (mine and theirs):
        return None
    if mine == theirs and any(told(number) == mine and number in other.id_numbers for number in one.id_numbers):
        return model.found["birth"]["exact"]  # also the first of January, which the police wrote
    return model.found["birth"][dates.level_of(*sorted((mine, theirs)))]


def _after_number(birth: Finding | None, number: Finding | None, pair: Pair, model: Model) -> Finding | None:
    """A birth date filled in from a mistyped ID number is wrong with it, and says no more than the number."""
    if birth is None or number is None or birth.bits > 0 or number.level not in idnumbers.MISTYPED:
        return birth
    filled_in = any(each.birth == told(written) for each in pair for written in (*each.id_numbers, *each.doubtful))
    return model.found["birth"]["told_by_number"] if filled_in else birth


def told(number: str) -> str:
    """The birth date in an ID number."""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def _told_by(description: Description) -> str:
    return told(description.id_numbers[0]) if description.id_numbers else ""


def _papers(one: Description, other: Description) -> str:
    if not (one.papers and other.papers):
        return ""
    if any(paper in other.papers for paper in one.papers):
        return "same"
    kinds = {system for system, _ in one.papers}
    return "other" if any(system in kinds for system, _ in other.papers) else ""


def _mother(one: Mother | None, other: Mother | None, model: Model) -> Finding | None:
    if one is None or other is None:
        return None
    if any(number in other.numbers for number in one.numbers):
        return model.found["mother"]["same_number"]
    named = compare_names(one.names, other.names, model)
    if named is None:
        kinds = {system for system, _ in one.numbers}
        differs = any(system in kinds for system, _ in other.numbers)
        return model.found["mother"]["other_number"] if differs else None
    if named.level in ("exact", "words_same") and _whole(one) and _whole(other):
        return model.found["mother"]["same_name"]
    return model.found["mother"]["alike_name" if named.bits > 0 else "other_name"]


def _whole(mother: Mother) -> bool:
    """More than a surname: Baby Li."""
    return any(" " in name.sound for name in mother.names)


def _once(home: list[Finding | None], model: Model) -> Finding | None:
    """What a household shares counts once."""
    said = sum(each.bits for each in home if each is not None and each.bits > 0)
    excess = said - model.thresholds.household
    return Finding("household", "counted_once", -excess) if excess > 0 else None

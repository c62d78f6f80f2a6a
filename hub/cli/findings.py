"""What comparing people found, in words: fields, how far they agree, what forbids joining, what follows and why."""

from __future__ import annotations

from hub.language import _
from hub.model import Json


def field_word(field: str) -> str:
    known = {
        "id_number": _("ID number"),
        "persons_id_number": _("the person's ID number"),
        "paper": _("other numbers"),
        "name": _("full name"),
        "birth": _("birth date"),
        "born_at": _("time of birth"),
        "sex": _("sex"),
        "phone": _("phone"),
        "address": _("address"),
        "area": _("area"),
        "mother": _("mother"),
        "order": _("birth order"),
        "household": _("household"),
    }
    return known.get(field, field)


def element_word(element: str) -> str:
    """Of what a claim says."""
    known = {
        "name": _("full name"),
        "birthDate": _("birth date"),
        "gender": _("sex"),
        "identifier": _("numbers"),
        "telecom": _("phone"),
        "address": _("address"),
    }
    return known.get(element, field_word(element))


def level_word(level: str) -> str:
    return _LEVELS.get(level, lambda: level.replace("_", " "))()


_LEVELS = {
    "equal": lambda: _("the same"),
    "exact": lambda: _("the same"),
    "same": lambda: _("the same"),
    "words_same": lambda: _("the same words"),
    "equal_with_fault": lambda: _("the same, but no sound number"),
    "one_edit": lambda: _("one character differs"),
    "two_edits": lambda: _("two characters differ"),
    "transposed": lambda: _("two characters are swapped"),
    "cut": lambda: _("one is cut off"),
    "one_edit_valid": lambda: _("one character differs, and both are sound numbers"),
    "other_invalid": lambda: _("different, and one is no sound number"),
    "other": lambda: _("different"),
    "same_sound": lambda: _("the same sound"),
    "fuzzy_sound": lambda: _("nearly the same sound"),
    "reordered": lambda: _("the same characters in another order"),
    "dialect": lambda: _("the surname as a dialect says it"),
    "pinyin": lambda: _("the same in pinyin"),
    "subset": lambda: _("one lacks a character"),
    "look_alike": lambda: _("characters that look alike"),
    "look_alike_short": lambda: _("characters that look alike, and few others"),
    "masked": lambda: _("the same as far as it is not masked"),
    "surname_masked": lambda: _("the surname alone is not masked"),
    "nickname": lambda: _("perhaps a nickname"),
    "one_differs": lambda: _("one character differs"),
    "surname_differs": lambda: _("the surname alone differs"),
    "surname_only": lambda: _("the surname alone is the same"),
    "short_given_only": lambda: _("one character of the given name is the same"),
    "none": lambda: _("nothing in common"),
    "word_misspelt": lambda: _("a word is misspelt"),
    "words_misspelt": lambda: _("words are misspelt"),
    "word_mangled": lambda: _("a word is hard to recognise"),
    "words_mangled": lambda: _("words are hard to recognise"),
    "subset_of_words": lambda: _("one lacks a word"),
    "word_same": lambda: _("one word is the same"),
    "word_alike": lambda: _("one word is alike"),
    "no_word": lambda: _("no word in common"),
    "swapped": lambda: _("day and month are swapped"),
    "year_off": lambda: _("a year off"),
    "first_of_january": lambda: _("one is the first of January"),
    "day_off": lambda: _("a day off"),
    "days_off": lambda: _("days off"),
    "lunar": lambda: _("perhaps by the lunar calendar"),
    "same_month": lambda: _("the same month"),
    "same_year": lambda: _("the same year"),
    "told_by_number": lambda: _("the ID number says it already"),
    "door": lambda: _("the same door"),
    "door_alike": lambda: _("the same door, spelt otherwise"),
    "village": lambda: _("the same village or estate"),
    "number": lambda: _("the same house number"),
    "alike": lambda: _("alike"),
    "same_alike": lambda: _("the same, spelt otherwise"),
    "part": lambda: _("the same in part"),
    "town": lambda: _("the same town"),
    "county": lambda: _("the same county"),
    "same_number": lambda: _("the same number"),
    "same_name": lambda: _("the same name"),
    "alike_name": lambda: _("a like name"),
    "other_number": lambda: _("another number"),
    "other_name": lambda: _("another name"),
    "counted_once": lambda: _("what a household shares counts once"),
}


def why_word(why: str) -> str:
    """Rules of judging, and what forbids joining."""
    known = {
        "number": _("a number leads to it, and nothing contradicts"),
        "number_contradicted": _("a number leads to it, and something contradicts"),
        "several_hold_the_number": _("several persons hold the number"),
        "score": _("by how much agrees"),
        "margin": _("somebody else is nearly as much alike"),
        "nobody_alike": _("nobody is alike"),
        "decided_apart": _("it was decided that they are not the same"),
        "two_id_numbers": _("two different ID numbers, both sound"),
        "relatives_id": _("the ID number may be a relative's"),
        "mistyped_id": _("a verified register has the ID number with one digit otherwise"),
        "twin": _("they may be twins"),
        "birth_order": _("born first and born second"),
        "sex_of_newborn": _("newborns of different sex"),
        "order_unknown": _("one of several newborns, and nobody knows which"),
        "number_and_birth": _("a number and the birth date lead to it"),
        "newborns": _("newborns of one mother may be twins"),
        "one_issuer": _("whoever issues the numbers has given two different ones"),
        "slips": _("too much is told otherwise for what agrees"),
        "nameless": _("one of them has no name, and no mother tells who it is"),
        "birth_differs": _("the birth dates are of two people"),
        "name_differs": _("the names are of two people, as often as not"),
        "parted": _("somebody decided that one of those alike is another person"),
        "several": _("several persons may be meant"),
        "number_alone": _("one of them tells a number, and not who has it"),
    }
    return known.get(why, why if " " in why else why.replace("_", " "))


def verdict_word(verdict: str) -> str:
    return {"same": _("joined"), "ask": _("asked about"), "new": _("kept apart")}.get(verdict, verdict)


def rule_word(rule: str) -> str:
    """Of the evidence of a decision."""
    known = {
        "same number, same name": _("same number, same name"),
        "same number": _("same number"),
        "alike": _("alike"),
        "merged by hand": _("merged by hand"),
        "taken out of the person": _("taken out of the person"),
        "somebody looked at both": _("somebody looked at both"),
        "the sender merged them": _("the sender merged them"),
        "the sender linked them": _("the sender linked them"),
        "the sender unlinked them": _("the sender unlinked them"),
        "the sender put it right": _("the sender put it right"),
        "the number was issued twice": _("the number was issued twice"),
        "put right by hand": _("put right by hand"),
        "the child names its mother's number": _("the child names its mother's number"),
        "too many are alike to look at": _("too many are alike to look at"),
        "what the split leaves together": _("what the split leaves together"),
        "it was decided that they are not the same": _("it was decided that they are not the same"),
        "a person decided that they are not the same": _("a person decided that they are not the same"),
        "other decisions hold them together": _("other decisions hold them together"),
    }
    return known.get(rule, rule)


def evidence_words(evidence: Json) -> str:
    """Of a decision: by which rule, why, and how much agreed."""
    said = [rule_word(str(evidence["rule"]))] if "rule" in evidence else []
    if "undoes" in evidence:
        said.append(_("takes back decision {number}", number=evidence["undoes"]))
    if why := evidence.get("why"):
        said.append(why_word(str(why)))
    if "bits" in evidence:
        said.append(_("{bits} bits", bits=evidence["bits"]))
    return "; ".join(said)


def sex_word(sex: str) -> str:
    known = {"male": _("male"), "female": _("female"), "other": _("other"), "unknown": _("unknown")}
    return known.get(sex, sex)


def criterion_word(criterion: str) -> str:
    known = {
        "not retired": _("the other number was given up"),
        "preferred": _("the site prefers its feed"),
        "verified": _("its feed is verified"),
        "exact": _("it says more"),
        "agreed": _("more feeds say so"),
        "newest": _("it is newer"),
        "last said": _("it was said last"),
    }
    return known.get(criterion, criterion)

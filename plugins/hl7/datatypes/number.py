"""Numbers of HL7 v2 (NM, SN, CQ, NR) as FHIR quantities, to the digit as they were written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import code_system
from plugins.hl7.datatypes.parts import compact, extended, first_only, leftovers, parts, remembered, sub

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_WHOLE = re.compile(r"[0-9]{1,9}")
_LONGEST = 60
COMPARATORS = frozenset({"<", "<=", ">", ">="})


def decimal(text: str) -> Decimal | None:
    """A number with the precision of its text; None when it is none, full-width digits included."""
    text = text.strip()
    return Decimal(text) if len(text) <= _LONGEST and _NUMBER.fullmatch(text) else None


def count(text: str) -> int | None:
    """A whole number that is not negative."""
    return int(text) if _WHOLE.fullmatch(text.strip()) else None


@first_only
def positive(rep: Repetition, draft: Draft) -> int | None:
    """NM -> positiveInt."""
    del draft
    return count(rep.get()) or None


def measured(text: str, unit: Json) -> Json | None:
    """``7.5`` or ``<5`` and its unit -> Quantity; None when there is no number in it."""
    value = decimal(text)
    if value is not None:
        return {"value": value, **unit}
    found = _COMPARED.fullmatch(text.strip())
    value = decimal(found[2]) if found else None
    return {"value": value, "comparator": found[1], **unit} if found and value is not None else None


def unit_of(rep: Repetition | None, draft: Draft) -> Json:
    """CE or CWE with a unit -> the members of a Quantity that name it."""
    return _unit(rep, draft) if rep is not None and rep.raw else {}


@remembered
def _unit(rep: Repetition, draft: Draft) -> Json:
    code, text, system = parts(rep, draft)[:3]
    read = {"unit": text or code}
    if code:
        read |= compact({"system": code_system(draft, system), "code": code.replace(" ", "")})
    return extended(compact(read), leftovers(rep, draft, "CWE", {1: 1, 2: 1, 3: 1}))


def quantity(rep: Repetition, draft: Draft) -> Json | None:
    """CQ -> Quantity; its unit stands in the subcomponents of its second component."""
    found = parts(rep, draft)
    code, text, system = found[1], sub(rep, 2, 2), sub(rep, 2, 3)
    unit = compact({"unit": text or code, "system": code and code_system(draft, system), "code": code.replace(" ", "")})
    read = measured(found[0], unit)
    return None if read is None else extended(read, leftovers(rep, draft, "CQ", {1: 1, 2: 3}))


def structured(rep: Repetition, draft: Draft, unit: Json) -> Json | None:
    """SN -> the value[x] member it means: Quantity, Range or Ratio; None when FHIR has none for it."""
    comparator, first, separator, second = parts(rep, draft)[:4]
    low, high = decimal(first), decimal(second)
    if comparator in {"", "="} and low is not None and high is not None:
        if separator == "-":
            return {"valueRange": {"low": {"value": low} | unit, "high": {"value": high} | unit}}
        if separator in {":", "/"}:
            return {"valueRatio": {"numerator": {"value": low}, "denominator": {"value": high} | unit}}
    if separator or second or low is None or comparator not in COMPARATORS | {"", "="}:
        return None
    read = {"value": low} | ({"comparator": comparator} if comparator in COMPARATORS else {})
    return {"valueQuantity": read | unit}


def between(rep: Repetition, draft: Draft, unit: Json) -> Json | None:
    """NR -> Range; None unless every bound given is a number."""
    first, second = parts(rep, draft)[:2]
    low, high = decimal(first), decimal(second)
    if (first and low is None) or (second and high is None) or (low is None and high is None):
        return None
    bounds = {"low": low, "high": high}
    return {name: {"value": value} | unit for name, value in bounds.items() if value is not None}

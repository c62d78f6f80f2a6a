"""How fields without an element of their own are kept: in the ``value[x]`` their datatype tells more with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import entity, identifier
from plugins.hl7.datatypes.moment import moment, period
from plugins.hl7.datatypes.number import decimal, quantity
from plugins.hl7.datatypes.parts import first_only
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.datatypes.staffed import organization, place, practitioner

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition


@first_only
def number(rep: Repetition, draft: Draft) -> Decimal | None:
    """NM -> decimal."""
    del draft
    return decimal(rep.get())


CONCEPT = ("valueCodeableConcept", concept)
IDENTIFIER = ("valueIdentifier", identifier)
ENTITY = ("valueIdentifier", entity)
MOMENT = ("valueDateTime", moment)
PERIOD = ("valuePeriod", period)
NUMBER = ("valueDecimal", number)
QUANTITY = ("valueQuantity", quantity)
ADDRESS = ("valueAddress", address)
CONTACT = ("valueContactPoint", contact(""))
PRACTITIONER = ("valueReference", practitioner)
ORGANIZATION = ("valueReference", organization)
PLACE = ("valueReference", place)


def extension(
    url: str, value: str, convert: Callable[[Repetition, Draft], Any], part: str = ""
) -> Callable[[Repetition, Draft], Json | None]:
    """A converter to an Extension FHIR defines, whose value stands in its ``part`` where it is a complex one."""
    url = url if ":" in url else f"http://hl7.org/fhir/StructureDefinition/{url}"

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = convert(rep, draft)
        if found is None:
            return None
        return {"url": url, "extension": [{"url": part, value: found}]} if part else {"url": url, value: found}

    return read

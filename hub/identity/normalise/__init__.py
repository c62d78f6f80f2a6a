"""What identity compares, in one spelling: pure functions from what a sender wrote."""

from hub.identity.normalise.bounding import first
from hub.identity.normalise.describing import describe
from hub.identity.normalise.description import Address, Description, Mother, Name
from hub.identity.normalise.faults import anothers_number, faulty_id_numbers, has_made_up_number
from hub.identity.normalise.lending import LENT, is_lent, not_lent, own
from hub.identity.normalise.names import ways_to_write
from hub.identity.normalise.numbers import (
    STRENGTH,
    Number,
    Patient,
    id_numbers,
    names,
    strong_numbers,
)
from hub.identity.normalise.spelling import SPELLING, fold

__all__ = [
    "LENT",
    "SPELLING",
    "STRENGTH",
    "Address",
    "Description",
    "Mother",
    "Name",
    "Number",
    "Patient",
    "anothers_number",
    "describe",
    "faulty_id_numbers",
    "first",
    "fold",
    "has_made_up_number",
    "id_numbers",
    "is_lent",
    "names",
    "not_lent",
    "own",
    "strong_numbers",
    "ways_to_write",
]

"""Plain data that adapters hand to the hub; standard library only."""

from hub.model.fate import FieldFate
from hub.model.person import Claim, Identifier, PersonName, id_number_fault
from hub.model.update import Json, Merge, RecordUpdate, Resource

__all__ = [
    "Claim",
    "FieldFate",
    "Identifier",
    "Json",
    "Merge",
    "PersonName",
    "RecordUpdate",
    "Resource",
    "id_number_fault",
]

"""Plain data that adapters hand to the hub; standard library only."""

from hub.model.codes import Code, CodeMaps
from hub.model.fate import FieldFate
from hub.model.guide import Grid, Guide, Sample, Section
from hub.model.person import Claim, Identifier, PersonName, id_number_fault
from hub.model.update import (
    CORRECTIONS,
    Correct,
    Document,
    Json,
    Link,
    Merge,
    Move,
    RecordUpdate,
    Replace,
    Resource,
    Unlink,
    Unmapped,
)

__all__ = [
    "CORRECTIONS",
    "Claim",
    "Code",
    "CodeMaps",
    "Correct",
    "Document",
    "FieldFate",
    "Grid",
    "Guide",
    "Identifier",
    "Json",
    "Link",
    "Merge",
    "Move",
    "PersonName",
    "RecordUpdate",
    "Replace",
    "Resource",
    "Sample",
    "Section",
    "Unlink",
    "Unmapped",
    "id_number_fault",
]

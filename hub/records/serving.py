"""The record under the names that those who serve it know."""

from __future__ import annotations

from hub.model import Json
from hub.records.compartment import Span
from hub.records.criteria import Condition, by_id, by_last_updated, by_number, condition, escaped, told_by
from hub.records.criteria import interval as date_interval
from hub.records.ids import resource_id
from hub.records.indexing import index_rows
from hub.records.json import decode as decode_json
from hub.records.json import encode as encode_json
from hub.records.parameters import PARAMETERS as SEARCH_PARAMETERS
from hub.records.parameters import Parameter
from hub.records.reading import ClaimSaid, Origin, Records, View
from hub.records.rows import Page, Stored
from hub.records.search import Place, Query, SortKey, sort_key
from hub.records.times import instant

__all__ = [
    "SEARCH_PARAMETERS",
    "ClaimSaid",
    "Condition",
    "Origin",
    "Page",
    "Parameter",
    "Place",
    "Query",
    "Records",
    "SortKey",
    "Span",
    "Stored",
    "View",
    "by_id",
    "by_last_updated",
    "by_number",
    "condition",
    "date_interval",
    "decode_json",
    "encode_json",
    "escaped",
    "instant",
    "references_in",
    "resource_id",
    "sort_key",
    "told_by",
]


def references_in(body: Json, parameter: Parameter) -> set[str]:
    """Where a reference parameter of this resource leads: ``Encounter/<id>``."""
    return {target for target, name in index_rows(body).references if name == parameter.row}

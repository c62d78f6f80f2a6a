"""The CapabilityStatement: what the table of interactions and the search parameters say, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from hub import SEARCH_PARAMETERS, Parameter, encode_json, instant
from plugins.fhir.interactions import BASE, INTERACTIONS, TYPE
from plugins.fhir.provenance import PROVENANCE

STARTED = int(time.time() * 1_000_000)
FHIR_VERSION = "4.0.1"
_OPERATIONS = {
    "everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "ihe-pix": "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix",
    "match": "http://hl7.org/fhir/OperationDefinition/Patient-match",
    "merge": "http://hl7.org/fhir/OperationDefinition/Patient-merge",
    "sources": "urn:hub:operation:sources",
    "unmerge": "urn:hub:operation:unmerge",
}
_WRITING = {"conditionalUpdate": True, "updateCreate": True}
_DATES = "a date without a zone is a day in Asia/Shanghai"
_OF_ALL = (("_id", "token"), ("_lastUpdated", "date"))
_SECURITY = "Bearer tokens with SMART scopes such as system/*.rs; whoever runs the hub gives them out (hub token)."


@lru_cache(maxsize=8)
def capability(base: str) -> bytes:
    return encode_json(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": instant(STARTED),
            "kind": "instance",
            "software": {"name": "Huitong"},
            "implementation": {"description": "汇通 Huitong: resident records joined from many sources", "url": base},
            "fhirVersion": FHIR_VERSION,
            "format": ["application/fhir+json", "json"],
            "rest": [
                {
                    "mode": "server",
                    "security": {"description": _SECURITY},
                    "resource": list(_resources()),
                    "interaction": [{"code": code} for code in _codes(BASE)],
                }
            ],
        }
    )


def _resources() -> Iterator[dict[str, Any]]:
    for type_ in sorted((*SEARCH_PARAMETERS, PROVENANCE)):
        yield _provenance() if type_ == PROVENANCE else _resource(type_)


def _resource(type_: str) -> dict[str, Any]:
    parameters = SEARCH_PARAMETERS[type_].values()
    found: dict[str, Any] = {
        "type": type_,
        "versioning": "versioned",
        "readHistory": True,
        "interaction": [{"code": code} for code in dict.fromkeys((*_codes(TYPE), *_codes(type_)))],
        **(_WRITING if "update" in _codes(type_) else {}),
        "searchInclude": [f"{type_}:{one.name}" for one in parameters if one.kind in ("reference", "person")],
        "searchRevInclude": [*_back(type_), f"{PROVENANCE}:target"],
        "searchParam": [
            *({"name": name, "type": kind} | _note(kind) for name, kind in _OF_ALL),
            *({"name": one.name, "type": _type(one)} | _note(one.kind) for one in parameters),
        ],
    }
    if not found["searchInclude"]:
        del found["searchInclude"]
    if operations := list(_operations(type_)):
        found["operation"] = operations
    return found


def _provenance() -> dict[str, Any]:
    return {
        "type": PROVENANCE,
        "documentation": "Made from the record: which feed and which message each version came from.",
        "interaction": [{"code": code} for code in _codes(PROVENANCE)],
        "searchParam": [{"name": "target", "type": "reference"}],
    }


def _codes(first: str) -> list[str]:
    found = (one.code for one in INTERACTIONS if one.path[0] == first and not one.is_operation)
    return list(dict.fromkeys(found))


def _operations(type_: str) -> Iterator[dict[str, str]]:
    for one in INTERACTIONS:
        if one.is_operation and one.path[0] == type_:
            yield {"name": one.code, "definition": _OPERATIONS[one.code]}


def _back(type_: str) -> Iterator[str]:
    """Parameters of other types that lead here: those for the person, and those named for what they lead to."""
    for other, parameters in sorted(SEARCH_PARAMETERS.items()):
        for one in parameters.values():
            if (one.kind == "person" and type_ == "Patient") or (one.kind == "reference" and one.name == type_.lower()):
                yield f"{other}:{one.name}"


def _type(parameter: Parameter) -> str:
    return "reference" if parameter.kind == "person" else parameter.kind


def _note(kind: str) -> dict[str, str]:
    return {"documentation": _DATES} if kind == "date" else {}

"""What is answered when there is nothing else to answer: FHIR's OperationOutcome, in both languages."""

from __future__ import annotations

from starlette.responses import Response

from hub.language import Text
from hub.records.json import encode

TYPE = "application/fhir+json; charset=utf-8"


def outcome(code: str, text: Text) -> bytes:
    """``code`` is FHIR's issue code."""
    issue = {"severity": "error", "code": code, "details": {"text": text.both()}}
    return encode({"resourceType": "OperationOutcome", "issue": [issue]})


def refusal(status: int, code: str, text: Text, **headers: str) -> Response:
    return Response(outcome(code, text), status, {**headers, "content-type": TYPE})

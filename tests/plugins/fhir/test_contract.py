"""The adapter keeps what the hub relies on in every adapter."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from hub.testing import AdapterContract
from plugins.fhir.adapter import Fhir


class TestFhir(AdapterContract):
    adapter = Fhir
    samples = Path(__file__).parent / "samples"


class TestFhirWithNumbersOfItsOwn(AdapterContract):
    adapter = Fhir
    settings: ClassVar[dict[str, str]] = {"own_system": "urn:oid:2.16.156.10011.1.3"}
    samples = Path(__file__).parent / "samples" / "own"

"""Our own HL7 adapter keeps the contract that every plugin's must."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from hub.testing import AdapterContract
from plugins.hl7.adapter import HL7


class TestHL7(AdapterContract):
    adapter = HL7
    settings: ClassVar[dict[str, Any]] = {
        "listen": "127.0.0.1:0",
        "systems": {"HOSP": "urn:oid:2.999.1", "VISIT": "urn:oid:2.999.2"},
    }
    samples = Path(__file__).parent / "contract"

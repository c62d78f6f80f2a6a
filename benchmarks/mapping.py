"""How fast HL7 v2 messages become FHIR resources, on one core, from bytes to updates."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from statistics import median

import hl7

from benchmarks.messages import Person, Visit, adt, oru, vxu
from benchmarks.timing import Work, medians_us, small_wanted, tell
from hub.testing import message
from plugins.hl7.adapter import HL7
from plugins.hl7.settings import HL7Settings

VISIT = Visit(Person(4711), "V1", datetime(2026, 1, 5, 1, 30, tzinfo=UTC))


def main() -> None:
    """Parsing is what the worker does, admitting what the door does; python-hl7 takes apart, and maps nothing."""
    rounds = 7 if small_wanted(__doc__) else 25
    bodies = {
        "adt": adt("A01", "K1", VISIT, full=True),
        "oru30": oru("K2", VISIT, results=30),
        "vxu": vxu("K3", VISIT.person, VISIT.at),
    }
    times = {kind: medians_us(_works(body), rounds) for kind, body in bodies.items()}
    tell(
        **{f"{kind}_per_s": 1e6 / found["parse"] for kind, found in times.items()},
        **{f"{kind}_admit_us": found["admit"] for kind, found in times.items()},
        **{f"{kind}_resources": _resources(body) for kind, body in bodies.items()},
        ratio_to_python_hl7=median(found["python-hl7"] / found["parse"] for found in times.values()),
    )


def _adapter() -> HL7:
    settings = HL7Settings.model_validate({"listen": "127.0.0.1:0", "systems": {"HOSP": "urn:oid:2.999.1"}})
    return HL7("hospital", settings)


def _works(body: bytes) -> dict[str, Work]:
    adapter = _adapter()
    kept = message(adapter, body)
    return {
        "admit": partial(adapter.admit, body),
        "parse": lambda: list(adapter.parse(kept)),
        "python-hl7": partial(hl7.parse, body.decode()),
    }


def _resources(body: bytes) -> int:
    """How many a message becomes, the Patient included: a mapping that leaves out half is fast."""
    adapter = _adapter()
    return sum(1 + len(update.resources) for update in adapter.parse(message(adapter, body)))


if __name__ == "__main__":
    main()

"""How fast HL7 v2 messages become FHIR resources, on one core, from bytes to updates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

from benchmarks.javascript import Missing
from benchmarks.messages import Person, Visit, adt, oru, vxu
from benchmarks.peers import medplum_us, python_works
from benchmarks.timing import Work, medians_us, small_wanted, tell
from hub.testing import message
from plugins.hl7.adapter import HL7
from plugins.hl7.settings import HL7Settings

PEOPLE = 60
EVENTS = ("A04", "A08", "A08", "A03")
"""Of one visit: each tells the same of the person."""


def main() -> None:
    """Parsing is what the worker does, admitting what the door does; the peers take apart, and map nothing.

    Ours read a stream of visits as a hospital sends it, no message twice; ``first_seen`` is the first of each person.
    """
    rounds = 7 if small_wanted(__doc__) else 25
    streams = _streams()
    times = {kind: medians_us(_works(bodies), rounds) for kind, bodies in streams.items()}
    for found, bodies in zip(times.values(), streams.values(), strict=True):
        found["parse"] /= len(bodies)
        found["admit"] /= len(bodies)
    tell(
        **{f"{kind}_per_s": 1e6 / found["parse"] for kind, found in times.items()},
        **{f"{kind}_admit_us": found["admit"] for kind, found in times.items()},
        **{f"{kind}_resources": _resources(bodies[0]) for kind, bodies in streams.items()},
        adt_first_seen_per_s=1e6 / _first_seen_us(rounds),
        ratio_to_python_hl7=_ratio(times, "python-hl7"),
        ratio_to_hl7apy=_ratio(times, "hl7apy"),
        **_beside_medplum(times, {kind: bodies[0] for kind, bodies in streams.items()}, rounds),
    )


def _streams() -> dict[str, list[bytes]]:
    visits = [_visit(number) for number in range(PEOPLE)]
    return {
        "adt": [
            adt(event, f"K{v.number}{at}", v, full=at in {0, 3}) for v in visits for at, event in enumerate(EVENTS)
        ],
        "oru30": [oru(f"R{v.number}", v, results=30) for v in visits],
        "vxu": [vxu(f"V{v.number}", v.person, v.at) for v in visits],
    }


def _visit(number: int) -> Visit:
    at = datetime(2026, 1, 5, 1, 30, tzinfo=UTC) + timedelta(minutes=7 * number)
    return Visit(Person(4711 + number), f"V{number}", at)


def _adapter() -> HL7:
    settings = HL7Settings.model_validate({"listen": "127.0.0.1:0", "systems": {"HOSP": "urn:oid:2.999.1"}})
    return HL7("hospital", settings)


def _works(bodies: Sequence[bytes]) -> dict[str, Work]:
    adapter = _adapter()
    kept = [message(adapter, body) for body in bodies]
    return {
        "admit": lambda: [adapter.admit(body) for body in bodies],
        "parse": lambda: [list(adapter.parse(one)) for one in kept],
        **python_works(bodies[0]),
    }


def _first_seen_us(rounds: int) -> float:
    """Of an everyday ADT about somebody whom nobody spoke of before; each round has people of its own."""
    adapter, per_round = _adapter(), 40
    strangers = (_visit(1_000 + number) for number in range(per_round * (rounds + 40)))
    kept = [message(adapter, adt("A01", f"F{visit.number}", visit)) for visit in strangers]
    unheard = iter(kept)
    found = medians_us({"first": lambda: [list(adapter.parse(next(unheard))) for _ in range(per_round)]}, rounds, 0)
    return found["first"] / per_round


def _ratio(times: dict[str, dict[str, float]], peer: str) -> float:
    return median(found[peer] / found["parse"] for found in times.values())


def _beside_medplum(times: dict[str, dict[str, float]], bodies: dict[str, bytes], rounds: int) -> dict[str, float]:
    try:
        peer = medplum_us(bodies, rounds)
    except Missing:  # no node here: the other peers stay
        return {}
    return {"ratio_to_medplum": median(peer[kind] / times[kind]["parse"] for kind in bodies)}


def _resources(body: bytes) -> int:
    """How many a message becomes, the Patient included: a mapping that leaves out half is fast."""
    adapter = _adapter()
    return sum(1 + len(update.resources) for update in adapter.parse(message(adapter, body)))


if __name__ == "__main__":
    main()

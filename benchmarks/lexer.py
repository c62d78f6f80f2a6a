"""How fast HL7 v2 text is taken apart, beside python-hl7 and hl7apy on the same messages."""

from __future__ import annotations

import statistics
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import hl7
from hl7apy.parser import parse_message

from benchmarks.messages import Person, Visit, adt, oru, vxu
from benchmarks.timing import Work, medians_us, seconds, small_wanted, tell
from hub.errors import ParseError
from plugins.hl7.lexer import lex

AT = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
PLACES = (("MSH", 9), ("MSH", 10), ("PID", 3), ("PID", 5), ("PID", 7), ("PID", 8), ("PID", 11), ("PID", 13))


def main() -> None:
    """Runs the comparison, then what must grow no faster than the message, then what must be refused."""
    small = small_wanted(__doc__)
    person = Person(4711)
    texts = {
        "adt": adt("A01", "K1", Visit(person, "V1", AT), full=True).decode(),
        "oru30": oru("K2", Visit(person, "V1", AT), results=30).decode(),
        "vxu": vxu("K3", person, AT).decode(),
    }
    for text in texts.values():
        if _every_field(text) != _every_field_python_hl7(text):
            raise AssertionError("the two read different values: nothing to compare")
    tell(**_compare(texts, rounds=5 if small else 15), **_growth(), **_refusals())


def _compare(texts: dict[str, str], rounds: int) -> dict[str, float]:
    """Ratios are medians over the kinds of message.

    Reading a field is reading its first leaf decoded, by each library's own means. ``parse_only`` charges the peer
    nothing for reading; ``every_component`` charges us all components of all repetitions, and the peer nothing.
    """
    times = {kind: medians_us(_works(text), rounds) for kind, text in texts.items()}

    def ratio(peer: str, mine: str) -> float:
        return statistics.median(found[peer] / found[mine] for found in times.values())

    figures = {f"every_field_{kind}_us": found["every field"] for kind, found in times.items()}
    return figures | {
        "ratio_to_python_hl7": ratio("python-hl7, every field", "every field"),
        "ratio_to_hl7apy": ratio("hl7apy, every field", "every field"),
        "ratio_to_python_hl7_eight_fields": ratio("python-hl7, eight fields", "eight fields"),
        "ratio_to_python_hl7_parse_only": ratio("python-hl7", "every field"),
        "ratio_to_hl7apy_parse_only": ratio("hl7apy", "every field"),
        "ratio_to_python_hl7_every_component": ratio("python-hl7", "every component"),
        "ratio_to_hl7apy_every_component": ratio("hl7apy", "every component"),
    }


def _works(text: str) -> dict[str, Work]:
    return {
        "every field": partial(_every_field, text),
        "every component": partial(_every_component, text),
        "eight fields": partial(_eight_fields, text),
        "python-hl7": partial(hl7.parse, text),
        "python-hl7, every field": partial(_every_field_python_hl7, text),
        "python-hl7, eight fields": partial(_eight_fields_python_hl7, text),
        "hl7apy": partial(parse_message, text),
        "hl7apy, every field": partial(_every_field_hl7apy, text),
    }


def _every_field(text: str) -> list[str]:
    return [segment.get(field) for segment in lex(text).segments for field in range(1, segment.fields + 1)]


def _every_field_python_hl7(text: str) -> list[str]:
    message = hl7.parse(text)
    return [
        message.unescape(str(_first_leaf(field))) if str(segment[0]) != "MSH" or number > 2 else str(field)
        for segment in message
        for number, field in enumerate(segment[1:], start=1)
    ]


def _first_leaf(field: Any) -> Any:
    while not isinstance(field, str):
        field = field[0]
    return field


def _every_field_hl7apy(text: str) -> list[str]:
    return [field.to_er7() for segment in parse_message(text).children for field in segment.children]


def _every_component(text: str) -> list[list[str]]:
    return [
        repetition.components()
        for segment in lex(text).segments
        for field in range(1, segment.fields + 1)
        for repetition in segment.repetitions(field)
    ]


def _eight_fields(text: str) -> list[str]:
    lexed = lex(text)
    found = (lexed.first(name) for name, _ in PLACES)
    return [segment.get(field) if segment else "" for segment, (_, field) in zip(found, PLACES, strict=True)]


def _eight_fields_python_hl7(text: str) -> list[str]:
    message = hl7.parse(text)
    return [str(message.segment(name)(field)) for name, field in PLACES]


def _growth() -> dict[str, float]:
    """Twice the results must take twice the time, not more; and the largest allowed is no special case."""
    texts = {count: oru("K", Visit(Person(1), "V", AT), count).decode() for count in (5_000, 10_000)}
    times = medians_us({str(count): partial(_every_component, text) for count, text in texts.items()}, rounds=5)
    repeated = texts[5_000].replace("|||M\r", "|||M" + "|" * 10 + "~".join(f"N{n}" for n in range(50_000)) + "\r", 1)
    return {
        "ratio_time_to_double_size": times["10000"] / times["5000"],
        "obx_10000_ms": times["10000"] / 1e3,
        "repetitions_50000_ms": seconds(partial(_every_component, repeated)) * 1e3,
    }


def _refusals() -> dict[str, float]:
    header = "MSH|^~\\&|A|B|C|D|20260105||ORU^R01|K|P|2.5\r"
    segments = header + "NTE|1||x\r" * 20_001
    repetitions = header + "PID|1||" + "~".join(["1"] * 100_002) + "\r"
    return {
        "refuse_segments_ms": _refuse_ms(segments),
        "refuse_repetitions_ms": _refuse_ms(repetitions),
    }


def _refuse_ms(text: str) -> float:
    def refused() -> None:
        with suppress(ParseError):
            lex(text)
            raise AssertionError("beyond the limits, and not refused")

    return statistics.median(seconds(refused) for _ in range(5)) * 1e3


if __name__ == "__main__":
    main()

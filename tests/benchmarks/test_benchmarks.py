"""Each benchmark ends by itself and says its figures as JSON on the last line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.messages import Person
from benchmarks.timing import percentile
from hub import id_number_fault

ROOT = Path(__file__).parents[2]
FIGURES = {
    "lexer": {"ratio_to_python_hl7", "ratio_to_hl7apy"},
    "mapping": {"adt_per_s", "oru30_per_s"},
    "intake": {"messages_per_s", "ack_p99_ms", "ratio_to_bare_receiver"},
    "end_to_end": {"messages_per_s", "ack_p99_ms", "ratio_to_limit"},
    "batch": {"messages_per_s", "ratio_to_limit", "command_peak_mib", "kills_survived"},
    "fhir": {"reads_per_s", "everything_p95_ms", "ratio_to_limit"},
    "identity": {"precision", "recall", "review_share", "dirty_recall", "among_recall", "decision_p99_ms"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_small_run_ends_with_its_figures(name: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{name}", "--small"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout.splitlines()[-1])
    assert figures.keys() >= FIGURES[name]
    assert all(figures[key] > 0 for key in FIGURES[name])


def test_invented_people_have_sound_numbers() -> None:
    assert {id_number_fault(Person(number).id_number) for number in range(2_000)} == {None}


@pytest.mark.parametrize(("share", "value"), [(0.5, 5.0), (0.99, 10.0), (0.0, 1.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(10, 0, -1)], share) == value

"""How long other libraries take to take messages apart, and only that: none of them maps anything."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import hl7
from hl7apy.parser import parse_message

from benchmarks.javascript import installed
from benchmarks.timing import Work

SCRIPTS = Path(__file__).with_name("peers_js")
TIMEOUT_S = 60


def python_works(body: bytes) -> dict[str, Work]:
    """Works for ``medians_us``, so that a noisy moment meets these peers and us alike."""
    text = body.decode()
    return {"python-hl7": partial(hl7.parse, text), "hl7apy": partial(parse_message, text, find_groups=False)}


def medplum_us(bodies: Mapping[str, bytes], rounds: int) -> dict[str, float]:
    """Microseconds a message of each kind, in a process of its own, warmed up.

    Raises ``Missing`` where there is no node, or its registry cannot be reached.
    """
    folder = installed(SCRIPTS)
    given = json.dumps({kind: [body.decode()] for kind, body in bodies.items()})
    command = ["node", "medplum.mjs", str(rounds)]
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures

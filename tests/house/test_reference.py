"""The reference of the mapping says what the tables say."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_mapping_reference_is_current_and_complete() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / ".ci" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    text: str = module.written()

    assert (ROOT / "docs" / "reference" / "hl7-mapping.md").read_text() == text, "run make reference"
    assert "| PID-5 | 患者姓名 / Patient Name |" in text

"""The example in the documentation happens as it is written there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.plugins.hl7.asking import site

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "hl7-queries.md"


def test_the_example_is_what_the_hub_says(tmp_path: Path) -> None:
    blocks = re.findall(r"^```hl7\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    first, second, question, answer = (block.replace("\n", "\r") for block in blocks)

    with site(tmp_path) as found:
        found.tell(first)
        found.tell(second, "clinic")
        assert found.ask(question).text == answer

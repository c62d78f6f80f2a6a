"""What a test does on a machine that lacks what it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def left_out(missing: Exception) -> NoReturn:
    """Skips with the sentence that says what would make the test run; fails under CI, where everything runs."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"under CI every test runs: {missing}")
    pytest.skip(str(missing))
